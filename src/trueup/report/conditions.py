"""Status conditions, by the rules of the API conventions.

https://github.com/kubernetes/community/blob/main/contributors/devel/sig-architecture/api-conventions.md#typical-status-properties
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Conditions = list[dict[str, Any]]

MAX_MESSAGE = 20_000


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition as a status will hold it."""

    type: str
    status: str
    """``True``, ``False`` or ``Unknown``."""
    reason: str
    message: str


def updated(
    before: Sequence[Mapping[str, Any]],
    wanted: Iterable[Condition],
    *,
    generation: int,
    now: str,
    dropped: Iterable[str] = (),
) -> Conditions:
    """``before`` with ``wanted`` in place and the types in ``dropped`` gone.

    The transition time moves only when the status does.
    """
    gone = set(dropped)
    known = {str(c.get("type")): dict(c) for c in before if c.get("type") not in gone}
    for condition in wanted:
        old = known.get(condition.type, {})
        same = old.get("status") == condition.status
        known[condition.type] = {
            "type": condition.type,
            "status": condition.status,
            "reason": condition.reason,
            "message": condition.message[:MAX_MESSAGE],
            "observedGeneration": generation,
            "lastTransitionTime": old.get("lastTransitionTime", now) if same else now,
        }
    return list(known.values())


def find(conditions: Iterable[Mapping[str, Any]], type_: str) -> Mapping[str, Any] | None:
    return next((c for c in conditions if c.get("type") == type_), None)


def is_true(conditions: Iterable[Mapping[str, Any]], type_: str) -> bool:
    found = find(conditions, type_)
    return found is not None and found.get("status") == "True"
