"""Revisions of a Deployment: numbers and history in annotations of its ReplicaSets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from trueup.controlplane.simulation.deployments.sizes import max_surge
from trueup.controlplane.simulation.reading import created, name_of, owner_reference, replicas_of
from trueup.controlplane.simulation.templates import HASH_LABEL, safe_hash, without_hash
from trueup.objects import Manifest
from trueup.objects.manifest import copy

Deployment = Mapping[str, Any]
ReplicaSet = Mapping[str, Any]

REVISION = "deployment.kubernetes.io/revision"
HISTORY = "deployment.kubernetes.io/revision-history"
DESIRED = "deployment.kubernetes.io/desired-replicas"
MOST = "deployment.kubernetes.io/max-replicas"

_NOT_COPIED = {REVISION, HISTORY, DESIRED, MOST, "deprecated.deployment.rollback.to"}
_HISTORY_LENGTH = 2000
_LONGEST_NAME = 253


def newest_of(deployment: Deployment, sets: Iterable[ReplicaSet]) -> ReplicaSet | None:
    """The ReplicaSet that has the Deployment's present template; the oldest if there are two."""
    template = without_hash(deployment["spec"]["template"])
    ordered = sorted(sets, key=lambda rs: (created(rs), name_of(rs)))
    return next((rs for rs in ordered if without_hash(rs["spec"]["template"]) == template), None)


def revision_of(replica_set: ReplicaSet) -> int:
    text = (replica_set["metadata"].get("annotations") or {}).get(REVISION, "")
    return int(text) if text.isdecimal() else 0


def next_revision(old: Sequence[ReplicaSet]) -> int:
    return max((revision_of(rs) for rs in old), default=0) + 1


def set_annotations(
    deployment: Deployment, replica_set: ReplicaSet, revision: int
) -> dict[str, str]:
    """What the newest ReplicaSet's annotations are to be: the Deployment's, and its revision.

    A ReplicaSet that becomes the newest again remembers which revisions it was.
    """
    annotations = dict(replica_set["metadata"].get("annotations") or {})
    annotations |= _copied(deployment)
    before = revision_of(replica_set)
    if before < revision:
        annotations[REVISION] = str(revision)
        if before:
            annotations[HISTORY] = _history(annotations.get(HISTORY, ""), before)
    return annotations


def size_annotations(deployment: Deployment) -> dict[str, str]:
    """The Deployment's size, noted on its ReplicaSets to tell scaling from rolling out."""
    replicas = replicas_of(deployment)
    return {DESIRED: str(replicas), MOST: str(replicas + max_surge(deployment))}


def new_replica_set(deployment: Deployment, revision: int, replicas: int) -> Manifest:
    """The ReplicaSet for the present template."""
    template = copy(deployment["spec"]["template"])
    mark = safe_hash(without_hash(template), (deployment.get("status") or {}).get("collisionCount"))
    labels = {**((template.get("metadata") or {}).get("labels") or {}), HASH_LABEL: mark}
    template.setdefault("metadata", {})["labels"] = labels
    selector = copy(deployment["spec"]["selector"])
    selector["matchLabels"] = {**(selector.get("matchLabels") or {}), HASH_LABEL: mark}
    spec: Manifest = {"replicas": replicas, "selector": selector, "template": template}
    if deployment["spec"].get("minReadySeconds"):
        spec["minReadySeconds"] = deployment["spec"]["minReadySeconds"]
    name = name_of(deployment)[: _LONGEST_NAME - 1 - len(mark)]
    annotations = _copied(deployment) | size_annotations(deployment) | {REVISION: str(revision)}
    metadata = {
        "name": f"{name}-{mark}",
        "namespace": deployment["metadata"]["namespace"],
        "labels": labels,
        "annotations": annotations,
        "ownerReferences": [owner_reference(deployment)],
    }
    return {"apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": metadata, "spec": spec}


def _copied(deployment: Deployment) -> dict[str, str]:
    annotations = deployment["metadata"].get("annotations") or {}
    return {key: value for key, value in annotations.items() if key not in _NOT_COPIED}


def _history(before: str, revision: int) -> str:
    """The past revisions with one more; the oldest are dropped when there are too many."""
    revisions = [*filter(None, before.split(",")), str(revision)]
    while len(",".join(revisions)) > _HISTORY_LENGTH:
        revisions.pop(0)
    return ",".join(revisions)
