"""How many pods to make or to take away, which ones, and the status that they add up to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from trueup.controlplane.simulation.outcome import (
    Action,
    Create,
    Delete,
    Outcome,
    Tell,
    soonest,
    status_change,
)
from trueup.controlplane.simulation.reading import (
    created,
    is_active,
    is_deleting,
    is_finished,
    is_ready,
    name_of,
    phase,
    replicas_of,
    until_available,
    without_zeros,
)
from trueup.controlplane.simulation.selectors import selects_plainly
from trueup.controlplane.simulation.templates import pod_from_template
from trueup.objects import Manifest

Pod = Mapping[str, Any]

_BURST = 500
"""Pods that are made or deleted at one look."""

_DELETION_COST = "controller.kubernetes.io/pod-deletion-cost"


def replica_set_outcome(replica_set: Manifest, pods: Sequence[Pod], now: datetime) -> Outcome:
    """Make what is missing, delete what is too much; when that is done, say how things stand."""
    active = [pod for pod in pods if is_active(pod)]
    scaling = [] if is_deleting(replica_set) else _scale(replica_set, active)
    if scaling:
        return Outcome(scaling)
    status, again = _status(replica_set, pods, active, now)
    return Outcome(status_change(replica_set, status), again)


def _scale(replica_set: Manifest, active: Sequence[Pod]) -> list[Action]:
    missing = replicas_of(replica_set) - len(active)
    if missing > 0:
        pod = pod_from_template(replica_set["spec"]["template"], replica_set)
        told = Tell(replica_set, "SuccessfulCreate", "Created pod: {name}")
        return [Create(pod, told) for _ in range(min(missing, _BURST))]
    told = Tell(replica_set, "SuccessfulDelete", "Deleted pod: {name}")
    victims = sorted(active, key=deletion_rank)[: min(-missing, _BURST)]
    return [Delete(pod, then=told) for pod in victims]


def deletion_rank(pod: Pod) -> tuple[Any, ...]:
    """Smaller: sooner deleted. Those that do least, cost least, or are newest go first."""
    annotations = pod["metadata"].get("annotations") or {}
    return (
        bool(pod["spec"].get("nodeName")),
        ("Pending", "Unknown", "Running").index(phase(pod)),
        is_ready(pod),
        _cost(annotations.get(_DELETION_COST, "0")),
        -restarts_of(pod),
        -created(pod).timestamp(),
        name_of(pod),
    )


def restarts_of(pod: Pod) -> int:
    statuses = (pod.get("status") or {}).get("containerStatuses") or ()
    return max((int(status.get("restartCount") or 0) for status in statuses), default=0)


def _cost(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        return 0


def _status(
    replica_set: Manifest, pods: Sequence[Pod], active: Sequence[Pod], now: datetime
) -> tuple[Manifest, float | None]:
    spec = replica_set["spec"]
    labels = (spec["template"].get("metadata") or {}).get("labels") or {}
    waits = [until_available(pod, spec.get("minReadySeconds") or 0, now) for pod in active]
    counts = {
        "fullyLabeledReplicas": sum(
            selects_plainly(labels, pod["metadata"].get("labels") or {}) for pod in active
        ),
        "readyReplicas": sum(is_ready(pod) for pod in active),
        "availableReplicas": waits.count(0.0),
        "observedGeneration": replica_set["metadata"].get("generation", 0),
    }
    before = replica_set.get("status") or {}
    kept = {k: v for k, v in before.items() if k == "conditions"}
    status = {
        **kept,
        "replicas": len(active),
        "terminatingReplicas": sum(is_deleting(pod) and not is_finished(pod) for pod in pods),
        **without_zeros(counts),
    }
    return status, soonest(*(wait for wait in waits if wait))
