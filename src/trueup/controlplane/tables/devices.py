"""Rows of the kinds of dynamic resource allocation."""

from __future__ import annotations

from datetime import datetime

from trueup.controlplane.tables.column import AGE, NAME, Column, at, shown, text
from trueup.controlplane.tables.duration import since
from trueup.objects import Manifest


def _claim_state(claim: Manifest) -> str:
    deleted = at(claim, "metadata.deletionTimestamp") is not None
    states = ["deleted"] if deleted else []
    if at(claim, "status.allocation") is None:
        states += [] if deleted else ["pending"]
    else:
        states += ["allocated", *(["reserved"] if at(claim, "status.reservedFor") else [])]
    return ",".join(states)


def _taint_added(rule: Manifest, now: datetime) -> str:
    added = at(rule, "spec.taint.timeAdded")
    return since(added, now) if added else ""


DEVICES: dict[tuple[str, str], tuple[Column, ...]] = {
    ("resource.k8s.io", "DeviceClass"): (NAME, AGE),
    ("resource.k8s.io", "ResourceClaim"): (
        NAME,
        text("State", shown(_claim_state), "How far the claim has come."),
        AGE,
    ),
    ("resource.k8s.io", "ResourceClaimTemplate"): (NAME, AGE),
    ("resource.k8s.io", "ResourceSlice"): (
        NAME,
        text("Node", "spec.nodeName", "Where the devices are."),
        text("Driver", "spec.driver", "What drives them."),
        text("Pool", "spec.pool.name", "The pool they belong to."),
        AGE,
    ),
    ("resource.k8s.io", "DeviceTaintRule"): (
        NAME,
        text("Key", "spec.taint.key", "The taint."),
        text("Value", "spec.taint.value", "Its value."),
        text("Effect", "spec.taint.effect", "What it does to pods."),
        text("TimeAdded", _taint_added, "Time since it holds."),
        AGE,
    ),
}
