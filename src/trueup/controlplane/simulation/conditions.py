"""Conditions of workloads, by the rules of the controllers of ``apps``.

A condition that already has this status and reason stays as it is, whatever its message; one that
changes goes to the end of the list.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from trueup.objects import Manifest
from trueup.report.conditions import find
from trueup.report.times import timestamp

Conditions = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition as a status will hold it."""

    type: str
    status: str
    reason: str
    message: str


def with_condition(
    conditions: Conditions, wanted: Condition, now: datetime, *, dated: bool = True
) -> list[Manifest]:
    """``conditions`` with ``wanted`` in force; ``dated``: the kind has a lastUpdateTime too."""
    old = find(conditions, wanted.type)
    if old is not None and (old["status"], old.get("reason")) == (wanted.status, wanted.reason):
        return [dict(c) for c in conditions]
    return [*without_condition(conditions, wanted.type), _written(old, wanted, now, dated)]


def renewed(conditions: Conditions, wanted: Condition, now: datetime) -> list[Manifest]:
    """As ``with_condition``, but the update time moves even where nothing else does."""
    old = find(conditions, wanted.type)
    return [*without_condition(conditions, wanted.type), _written(old, wanted, now, True)]


def without_condition(conditions: Conditions, type_: str) -> list[Manifest]:
    return [dict(c) for c in conditions if c["type"] != type_]


def _written(
    old: Mapping[str, Any] | None, wanted: Condition, now: datetime, dated: bool
) -> Manifest:
    moved = old is None or old["status"] != wanted.status
    written: Manifest = {
        "type": wanted.type,
        "status": wanted.status,
        "lastTransitionTime": timestamp(now) if old is None or moved else old["lastTransitionTime"],
        "reason": wanted.reason,
        "message": wanted.message,
    }
    if dated:
        written["lastUpdateTime"] = timestamp(now)
    return written
