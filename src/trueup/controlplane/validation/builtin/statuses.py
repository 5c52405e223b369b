"""What a status may say: of a workload no negative counts, and no part above its whole.

By ``Validate<Kind>StatusUpdate`` of Kubernetes' apps and core validation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from trueup.controlplane.validation.builtin import loadbalancers
from trueup.controlplane.validation.builtin.paths import NOT_NEGATIVE
from trueup.controlplane.validation.causes import Cause, child, invalid
from trueup.objects import Manifest


@dataclass(frozen=True)
class Counts:
    """``all``: the fields that are not negative. ``parts``: those not above ``replicas``."""

    all: tuple[str, ...]
    parts: tuple[str, ...] = ()
    ready: str = "readyReplicas"
    """How the message names what ``availableReplicas`` may not exceed."""

    def problems(self, status: Manifest) -> Iterator[Cause]:
        def count(name: str) -> int:
            return status.get(name) or 0

        for name in self.all:
            if count(name) < 0:
                yield invalid(child("status", name), count(name), NOT_NEGATIVE)
        for name in self.parts:
            if count(name) > count("replicas"):
                detail = "cannot be greater than status.replicas"
                yield invalid(child("status", name), count(name), detail)
        if self.parts and count("availableReplicas") > count("readyReplicas"):
            detail = f"cannot be greater than {self.ready}"
            yield invalid("status.availableReplicas", count("availableReplicas"), detail)


_REPLICA_SET = Counts(
    (
        "replicas",
        "fullyLabeledReplicas",
        "readyReplicas",
        "availableReplicas",
        "observedGeneration",
        "terminatingReplicas",
    ),
    ("fullyLabeledReplicas", "readyReplicas", "availableReplicas"),
)
_COUNTS: Mapping[str, Counts] = {
    "/replicationcontrollers": _REPLICA_SET,
    "apps/daemonsets": Counts(
        (
            "currentNumberScheduled",
            "numberMisscheduled",
            "desiredNumberScheduled",
            "numberReady",
            "observedGeneration",
            "updatedNumberScheduled",
            "numberAvailable",
            "numberUnavailable",
            "collisionCount",
        )
    ),
    "apps/deployments": Counts(
        (
            "observedGeneration",
            "replicas",
            "updatedReplicas",
            "readyReplicas",
            "availableReplicas",
            "unavailableReplicas",
            "terminatingReplicas",
            "collisionCount",
        ),
        ("updatedReplicas", "readyReplicas", "availableReplicas"),
    ),
    "apps/replicasets": _REPLICA_SET,
    "apps/statefulsets": Counts(
        (
            "replicas",
            "readyReplicas",
            "currentReplicas",
            "updatedReplicas",
            "availableReplicas",
            "observedGeneration",
            "collisionCount",
        ),
        ("readyReplicas", "currentReplicas", "updatedReplicas", "availableReplicas"),
        ready="status.readyReplicas",
    ),
}

_BALANCED: Mapping[str, Callable[[Manifest, Manifest], Iterator[Cause]]] = {
    "/services": loadbalancers.of_service,
    "networking.k8s.io/ingresses": loadbalancers.of_ingress,
}


def status_problems(bucket: str, new: Manifest, old: Manifest) -> list[Cause]:
    """What is wrong with a change of the status of a built-in kind."""
    if balanced := _BALANCED.get(bucket):
        return list(balanced(new, old))
    counts = _COUNTS.get(bucket)
    if counts is None:
        return []
    status, before = new.get("status") or {}, old.get("status") or {}
    found = list(counts.problems(status))
    if "collisionCount" in before and status.get("collisionCount", -1) < before["collisionCount"]:
        value = status.get("collisionCount", 0)
        found.append(invalid("status.collisionCount", value, "cannot be decremented"))
    return found
