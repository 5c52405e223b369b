"""Which columns a built-in kind has, and its rows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from trueup.controlplane.tables.autoscaling import AUTOSCALING
from trueup.controlplane.tables.column import CREATED_AT, NAME, Column
from trueup.controlplane.tables.core import CORE
from trueup.controlplane.tables.devices import DEVICES
from trueup.controlplane.tables.network import NETWORK
from trueup.controlplane.tables.pods import completion
from trueup.controlplane.tables.policy import POLICY
from trueup.controlplane.tables.storage import STORAGE
from trueup.controlplane.tables.workloads import WORKLOADS
from trueup.objects import GroupKind, GroupVersionKind, Manifest

_TABLES = {**CORE, **WORKLOADS, **NETWORK, **STORAGE, **AUTOSCALING, **POLICY, **DEVICES}
_GENERIC: tuple[Column, ...] = (NAME, CREATED_AT)


def columns(kind: GroupKind) -> list[Manifest]:
    """The TableColumnDefinitions of a kind; name and creation time for one without its own."""
    return [column.definition() for column in _TABLES.get(kind, _GENERIC)]


def cells(obj: Manifest, now: datetime) -> list[Any]:
    """The row of one object, a cell for each of its kind's ``columns``.

    ``obj`` is as the API server gives it: with apiVersion and kind, and with its defaults.
    """
    kind = GroupVersionKind.of(str(obj.get("apiVersion")), str(obj.get("kind"))).group_kind
    return [column.cell(obj, now) for column in _TABLES.get(kind, _GENERIC)]


def row_conditions(obj: Manifest) -> list[Manifest]:
    """The TableRowConditions of one object: that a pod has ended."""
    is_pod = obj.get("kind") == "Pod" and obj.get("apiVersion") == "v1"
    return completion(obj) if is_pod else []
