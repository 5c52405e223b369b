"""What a Deployment reports: counts, availability, and the progress of its rollout."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from trueup.controlplane.simulation.conditions import (
    Condition,
    renewed,
    with_condition,
    without_condition,
)
from trueup.controlplane.simulation.deployments.sizes import all_replicas, max_unavailable
from trueup.controlplane.simulation.reading import (
    condition,
    counted,
    moment,
    name_of,
    replicas_of,
    total,
    without_zeros,
)
from trueup.objects import Manifest
from trueup.report.conditions import find

Deployment = Mapping[str, Any]
ReplicaSet = Mapping[str, Any]

NO_DEADLINE = 2**31 - 1

_COMPLETE = "NewReplicaSetAvailable"
_TIMED_OUT = "ProgressDeadlineExceeded"
_PAUSED = "DeploymentPaused"


def _deadline(deployment: Deployment) -> int:
    return int(deployment["spec"].get("progressDeadlineSeconds", NO_DEADLINE))


def has_deadline(deployment: Deployment) -> bool:
    return _deadline(deployment) != NO_DEADLINE


def plain_status(
    deployment: Deployment, newest: ReplicaSet | None, sets: Sequence[ReplicaSet], now: datetime
) -> Manifest:
    """The counts, and whether enough is available; other conditions as they were."""
    available = total(sets, "availableReplicas")
    before = deployment.get("status") or {}
    counts = {
        "observedGeneration": deployment["metadata"].get("generation", 0),
        "replicas": total(sets, "replicas"),
        "updatedReplicas": counted(newest, "replicas") if newest else 0,
        "readyReplicas": total(sets, "readyReplicas"),
        "availableReplicas": available,
        "unavailableReplicas": max(0, all_replicas(sets) - available),
    }
    enough = available >= replicas_of(deployment) - max_unavailable(deployment)
    conditions = with_condition(before.get("conditions") or (), _availability(enough), now)
    status = {**without_zeros(counts), "conditions": conditions}
    status["terminatingReplicas"] = total(sets, "terminatingReplicas")
    if "collisionCount" in before:
        status["collisionCount"] = before["collisionCount"]
    return status


def rollout_status(
    deployment: Deployment, newest: ReplicaSet | None, sets: Sequence[ReplicaSet], now: datetime
) -> Manifest:
    """``plain_status``, with what there is to say about progress and failures."""
    status = plain_status(deployment, newest, sets, now)
    if not has_deadline(deployment):
        status["conditions"] = without_condition(status["conditions"], "Progressing")
    elif not _was_complete(deployment, status):
        status["conditions"] = _progress(deployment, newest, status, now)
    status["conditions"] = _with_failures(status["conditions"], newest, sets)
    return status


def is_complete(deployment: Deployment, status: Mapping[str, Any]) -> bool:
    """All pods are of the newest revision and available, and no old one is left."""
    wanted = replicas_of(deployment)
    counts = ("updatedReplicas", "replicas", "availableReplicas")
    observed = status.get("observedGeneration", 0) >= deployment["metadata"].get("generation", 0)
    return observed and all((status.get(name) or 0) == wanted for name in counts)


def until_deadline(
    deployment: Deployment, status: Mapping[str, Any], now: datetime
) -> float | None:
    """Seconds until a rollout that does not get on has timed out."""
    found = find(status["conditions"], "Progressing")
    if not has_deadline(deployment) or found is None or found["reason"] == _TIMED_OUT:
        return None
    if is_complete(deployment, status) or deployment["spec"].get("paused"):
        return None
    passed = (now - moment(found["lastUpdateTime"])).total_seconds()
    return max(0.0, _deadline(deployment) - passed) + 1


def pause_conditions(deployment: Deployment, now: datetime) -> list[Manifest] | None:
    """The conditions after a pause began or ended; None if neither did."""
    conditions = (deployment.get("status") or {}).get("conditions") or ()
    found = condition(deployment, "Progressing") or {}
    was_paused = found.get("reason") == _PAUSED
    paused = bool(deployment["spec"].get("paused"))
    if not has_deadline(deployment) or found.get("reason") == _TIMED_OUT or paused == was_paused:
        return None
    word = ("Paused", "paused") if paused else ("Resumed", "resumed")
    said = Condition("Progressing", "Unknown", f"Deployment{word[0]}", f"Deployment is {word[1]}")
    return with_condition(conditions, said, now)


def progressing(reason: str, message: str) -> Condition:
    return Condition("Progressing", "True", reason, message)


def _availability(enough: bool) -> Condition:
    if enough:
        message = "Deployment has minimum availability."
        return Condition("Available", "True", "MinimumReplicasAvailable", message)
    message = "Deployment does not have minimum availability."
    return Condition("Available", "False", "MinimumReplicasUnavailable", message)


def _was_complete(deployment: Deployment, status: Mapping[str, Any]) -> bool:
    """The rollout had ended before, and this is about something else, such as its size."""
    found = condition(deployment, "Progressing") or {}
    same = status.get("replicas", 0) == status.get("updatedReplicas", 0)
    return same and found.get("reason") == _COMPLETE


def _progress(
    deployment: Deployment, newest: ReplicaSet | None, status: Manifest, now: datetime
) -> list[Manifest]:
    who = f'ReplicaSet "{name_of(newest)}"' if newest else f'Deployment "{name_of(deployment)}"'
    conditions: list[Manifest] = status["conditions"]
    if is_complete(deployment, status):
        said = progressing(_COMPLETE, f"{who} has successfully progressed.")
        return with_condition(conditions, said, now)
    if _gets_on(deployment.get("status") or {}, status):
        return renewed(conditions, progressing("ReplicaSetUpdated", f"{who} is progressing."), now)
    if _is_timed_out(deployment, conditions, now):
        message = f"{who} has timed out progressing."
        return with_condition(
            conditions, Condition("Progressing", "False", _TIMED_OUT, message), now
        )
    return conditions


def _gets_on(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    def more(name: str) -> bool:
        return bool((after.get(name) or 0) > (before.get(name) or 0))

    def old(status: Mapping[str, Any]) -> int:
        return int((status.get("replicas") or 0) - (status.get("updatedReplicas") or 0))

    grown = more("updatedReplicas") or more("readyReplicas") or more("availableReplicas")
    return grown or old(after) < old(before)


def _is_timed_out(deployment: Deployment, conditions: Sequence[Manifest], now: datetime) -> bool:
    found = find(conditions, "Progressing")
    if found is None or found["reason"] == _COMPLETE:
        return False
    if found["reason"] == _TIMED_OUT:
        return True
    passed = (now - moment(found["lastUpdateTime"])).total_seconds()
    return passed > _deadline(deployment)


def _with_failures(
    conditions: Sequence[Manifest], newest: ReplicaSet | None, sets: Sequence[ReplicaSet]
) -> list[Manifest]:
    """A ReplicaSet that cannot make its pods is the Deployment's failure, the newest's first."""
    ordered = [newest, *sets] if newest else list(sets)
    found = next((f for rs in ordered if (f := condition(rs, "ReplicaFailure"))), None)
    if found is None:
        return without_condition(conditions, "ReplicaFailure")
    known = find(conditions, "ReplicaFailure")
    if known and (known["status"], known["reason"]) == (found["status"], found["reason"]):
        return list(conditions)
    failure = {**found, "lastUpdateTime": found["lastTransitionTime"]}
    return [*without_condition(conditions, "ReplicaFailure"), failure]
