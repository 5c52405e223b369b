"""Writes of a scale, with note of who made them; Scale itself is in ``scale``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeAlias

from trueup.controlplane import defaults
from trueup.controlplane.registry.bodies import object_of, require_applied_type, require_name
from trueup.controlplane.registry.call import Call
from trueup.controlplane.registry.ownership import merge_applied, record_update
from trueup.controlplane.registry.strictness import decoding
from trueup.objects import GroupVersionKind, Manifest
from trueup.objects.manifest import copy
from trueup.schema import builtin

ScaleChange: TypeAlias = Callable[[Manifest], Manifest]
"""From the live Scale to the wanted one, each with its owners."""

SCALE: Final = GroupVersionKind("autoscaling", "v1", "Scale")
SCALE_SCHEMA: Final = builtin(SCALE)


def updating_scale(call: Call, change: ScaleChange) -> ScaleChange:
    """``change``, an update or a patch, as made by the call's manager."""

    def updated(live: Manifest) -> Manifest:
        wanted = _checked(call, change(copy(live)))
        with decoding(call):
            defaults.apply_defaults(wanted)
        return record_update(SCALE_SCHEMA, live, wanted, call)

    return updated


def applying_scale(call: Call, body: Any) -> ScaleChange:
    """Server-side apply of ``body``; Conflict where another owns the replicas."""

    def applied(live: Manifest) -> Manifest:
        require_applied_type(body, SCALE)
        wanted = _checked(call, body)
        merged: Manifest = copy(merge_applied(SCALE_SCHEMA, live, wanted, call))
        return merged

    return applied


def _checked(call: Call, body: Any) -> Manifest:
    wanted = object_of(body, call, SCALE)
    wanted["metadata"].setdefault("name", call.name)
    require_name(wanted["metadata"], call.name)
    return wanted
