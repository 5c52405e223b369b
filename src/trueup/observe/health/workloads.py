"""kstatus' rules for the kinds that keep replicas: what was asked for against what is there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from trueup.observe.health import fields
from trueup.observe.health.result import Result, current, failed, in_progress

_NO_DEADLINE: Final = 2**31 - 1
"""The controller takes this for 'no deadline' and then never sets the Progressing condition."""


def deployment(obj: Mapping[str, Any]) -> Result:
    progressing = fields.number_or(obj, "spec.progressDeadlineSeconds", _NO_DEADLINE)
    rolled_out, available = progressing == _NO_DEADLINE, False
    for condition in fields.conditions(obj):
        if condition.type == "Progressing":
            if condition.reason == "ProgressDeadlineExceeded":
                return failed("Progress deadline exceeded")
            rolled_out |= condition[1:3] == ("True", "NewReplicaSetAvailable")
        elif condition.type == "Available":
            available |= condition.status == "True"
    waiting = _deployment_replicas(obj)
    if waiting is not None:
        return waiting
    if not rolled_out:
        return in_progress("ReplicaSet not Available")
    if not available:
        return in_progress("Deployment not Available")
    return current(
        f"Deployment is available. Replicas: {fields.number_or(obj, 'status.replicas', 0)}"
    )


def _deployment_replicas(obj: Mapping[str, Any]) -> Result | None:
    wanted = fields.number_or(obj, "spec.replicas", 1)
    replicas = fields.number_or(obj, "status.replicas", 0)
    updated = fields.number_or(obj, "status.updatedReplicas", 0)
    available = fields.number_or(obj, "status.availableReplicas", 0)
    ready = fields.number_or(obj, "status.readyReplicas", 0)
    return (
        _fewer("Replicas", replicas, wanted)
        or _fewer("Updated", updated, wanted)
        or _surplus(replicas, wanted)
        or _fewer("Available", available, updated)
        or _fewer("Ready", ready, wanted)
    )


def replica_set(obj: Mapping[str, Any]) -> Result:
    for condition in fields.conditions(obj):
        if condition[:2] == ("ReplicaFailure", "True"):
            return in_progress("Replica Failure condition. Check Pods")
    wanted = fields.number_or(obj, "spec.replicas", 1)
    replicas = fields.number_or(obj, "status.replicas", 0)
    return (
        _fewer("Labelled", fields.number_or(obj, "status.fullyLabeledReplicas", 0), wanted)
        or _fewer("Available", fields.number_or(obj, "status.availableReplicas", 0), wanted)
        or _fewer("Ready", fields.number_or(obj, "status.readyReplicas", 0), wanted)
        or _surplus(replicas, wanted)
        or current(f"ReplicaSet is available. Replicas: {replicas}")
    )


def stateful_set(obj: Mapping[str, Any]) -> Result:
    if fields.text_or(obj, "spec.updateStrategy.type") == "OnDelete":
        return current("StatefulSet is using the ondelete update strategy")
    wanted = fields.number_or(obj, "spec.replicas", 1)
    replicas = fields.number_or(obj, "status.replicas", 0)
    waiting = (
        _fewer("Replicas", replicas, wanted)
        or _fewer("Ready", fields.number_or(obj, "status.readyReplicas", 0), wanted)
        or _surplus(replicas, wanted)
    )
    if waiting is not None:
        return waiting
    partition = fields.number_or(obj, "spec.updateStrategy.rollingUpdate.partition", -1)
    if partition != -1:
        updated = fields.number_or(obj, "status.updatedReplicas", 0)
        return _fewer("updated", updated, wanted - partition) or current(
            f"Partition rollout complete. updated: {updated}"
        )
    return _stateful_set_revision(obj, wanted) or current(
        f"All replicas scheduled as expected. Replicas: {replicas}"
    )


def _stateful_set_revision(obj: Mapping[str, Any], wanted: int) -> Result | None:
    waiting = _fewer("current", fields.number_or(obj, "status.currentReplicas", 0), wanted)
    if waiting is not None:
        return waiting
    if fields.text_or(obj, "status.currentRevision") != fields.text_or(
        obj, "status.updateRevision"
    ):
        return in_progress("Waiting for updated revision to match current")
    return None


def daemon_set(obj: Mapping[str, Any]) -> Result:
    """Unlike other kinds, one without observed generation has not been seen by its controller."""
    for path in ("metadata.generation", "status.observedGeneration"):
        if fields.number(obj, path) is None:
            return in_progress(f"{fields.text_or(obj, 'kind')} {path} not found")
    wanted = fields.number_or(obj, "status.desiredNumberScheduled", -1)
    if wanted == -1:
        return in_progress("Missing .status.desiredNumberScheduled")
    return (
        _fewer("Current", fields.number_or(obj, "status.currentNumberScheduled", 0), wanted)
        or _fewer("Updated", fields.number_or(obj, "status.updatedNumberScheduled", 0), wanted)
        or _fewer("Available", fields.number_or(obj, "status.numberAvailable", 0), wanted)
        or _fewer("Ready", fields.number_or(obj, "status.numberReady", 0), wanted)
        or current(f"All replicas scheduled as expected. Replicas: {wanted}")
    )


def _fewer(label: str, found: int, wanted: int) -> Result | None:
    return in_progress(f"{label}: {found}/{wanted}") if wanted > found else None


def _surplus(replicas: int, wanted: int) -> Result | None:
    if replicas > wanted:
        return in_progress(f"Pending termination: {replicas - wanted}")
    return None
