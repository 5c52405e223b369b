"""The conditions of a pod."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from trueup.objects import Manifest
from trueup.report.times import timestamp

_ORDER = ("PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled")


class PodCondition(NamedTuple):
    """One condition of a pod."""

    type: str
    status: str
    reason: str = ""
    message: str = ""


def pod_conditions(
    pod: Mapping[str, Any], wanted: Iterable[PodCondition], now: datetime
) -> list[Manifest]:
    """``wanted`` in place of the pod's conditions of these types; others stay as they are.

    The transition time moves only when the status does.
    """
    before = {c["type"]: c for c in (pod.get("status") or {}).get("conditions") or ()}
    after = dict(before)
    for condition in wanted:
        after[condition.type] = _written(pod, condition, before.get(condition.type), now)
    known = [after.pop(type_) for type_ in _ORDER if type_ in after]
    return [*known, *after.values()]


def _written(
    pod: Mapping[str, Any],
    condition: PodCondition,
    old: Mapping[str, Any] | None,
    now: datetime,
) -> Manifest:
    unchanged = old is not None and old["status"] == condition.status
    since = old["lastTransitionTime"] if old and unchanged else timestamp(now)
    written = {
        "type": condition.type,
        "status": condition.status,
        "lastTransitionTime": since,
        "reason": condition.reason,
        "message": condition.message,
        "observedGeneration": pod["metadata"].get("generation"),
    }
    return {"lastProbeTime": None, **{key: value for key, value in written.items() if value}}
