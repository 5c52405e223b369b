"""The next step of a Deployment, from what it asks for and the ReplicaSets that it has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Any

from trueup.controlplane.simulation.conditions import with_condition
from trueup.controlplane.simulation.deployments.revisions import (
    REVISION,
    new_replica_set,
    newest_of,
    next_revision,
    revision_of,
    set_annotations,
)
from trueup.controlplane.simulation.deployments.rollout import (
    active,
    forgotten,
    is_scaled,
    resize,
    roll,
    scale,
)
from trueup.controlplane.simulation.deployments.sizes import is_rolling, newest_size
from trueup.controlplane.simulation.deployments.status import (
    has_deadline,
    is_complete,
    pause_conditions,
    plain_status,
    progressing,
    rollout_status,
    until_deadline,
)
from trueup.controlplane.simulation.outcome import (
    Action,
    Change,
    Create,
    Outcome,
    Tell,
    status_change,
)
from trueup.controlplane.simulation.reading import (
    condition,
    is_deleting,
    name_of,
    replicas_of,
    total,
)
from trueup.objects import Manifest

Deployment = Mapping[str, Any]
ReplicaSet = Mapping[str, Any]


def deployment_outcome(
    deployment: Deployment,
    sets: Sequence[ReplicaSet],
    now: datetime,
    *,
    running: AbstractSet[str] = frozenset(),
) -> Outcome:
    """One step. ``running``: the uids of the ReplicaSets that have pods, on their way out too."""
    newest = newest_of(deployment, sets)
    old = [rs for rs in sets if rs is not newest]
    if is_deleting(deployment):
        return _reported(deployment, [], newest, plain_status(deployment, newest, sets, now), now)
    noted = _with_conditions(deployment, pause_conditions(deployment, now))
    changed = _annotated(deployment, newest, old)
    if deployment["spec"].get("paused") or is_scaled(deployment, sets):
        actions = [*changed, *scale(deployment, newest, old)]
        if deployment["spec"].get("paused"):
            actions += forgotten(deployment, old)
        return _reported(deployment, actions, newest, plain_status(noted, newest, sets, now), now)
    return _rolled(noted, deployment, newest, old, changed, now, running)


def _rolled(
    noted: Deployment,
    deployment: Deployment,
    newest: ReplicaSet | None,
    old: Sequence[ReplicaSet],
    actions: list[Action],
    now: datetime,
    running: AbstractSet[str],
) -> Outcome:
    if newest is None:
        if not is_rolling(deployment) and (active(old) or _is_occupied(old, running)):
            stopped = resize(deployment, {name_of(rs): 0 for rs in old}, old)
            status = rollout_status(noted, None, old, now)
            return _reported(deployment, stopped, None, status, now)
        newest, created = _created(deployment, old)
        actions = [created]
        noted = _begun(noted, newest, now)
    elif is_rolling(deployment):
        actions += roll(deployment, newest, old)
    elif active(old):
        actions += resize(deployment, {name_of(rs): 0 for rs in old}, old)
    elif not _is_occupied(old, running):
        actions += resize(deployment, {name_of(newest): replicas_of(deployment)}, [newest])
    if not actions and is_complete(deployment, deployment.get("status") or {}):
        actions += forgotten(deployment, old)
    noted = _found(noted, newest, now)
    status = rollout_status(noted, newest, [*old, newest], now)
    return _reported(deployment, actions, newest, status, now)


def _is_occupied(old: Sequence[ReplicaSet], running: AbstractSet[str]) -> bool:
    """Whether a pod of an old revision is still there, be it on its way out."""
    return total(old, "replicas") > 0 or any(rs["metadata"]["uid"] in running for rs in old)


def _created(deployment: Deployment, old: Sequence[ReplicaSet]) -> tuple[Manifest, Create]:
    size = newest_size(deployment, old, 0)
    made = new_replica_set(deployment, next_revision(old), size)
    message = f"Scaled up replica set {name_of(made)} from 0 to {size}"
    told = Tell(deployment, "ScalingReplicaSet", message) if size else None
    return made, Create(made, told)


def _annotated(
    deployment: Deployment, newest: ReplicaSet | None, old: Sequence[ReplicaSet]
) -> list[Action]:
    """Bring the newest ReplicaSet's revision, copied annotations and readiness time up to date."""
    if newest is None:
        return []
    patch: Manifest = {}
    before = newest["metadata"].get("annotations") or {}
    wanted = set_annotations(deployment, newest, next_revision(old))
    if wanted != before:
        patch["metadata"] = {"annotations": wanted}
    seconds = deployment["spec"].get("minReadySeconds") or 0
    if seconds != (newest["spec"].get("minReadySeconds") or 0):
        patch["spec"] = {"minReadySeconds": seconds}
    return [Change(newest, patch)] if patch else []


def _begun(noted: Deployment, newest: ReplicaSet, now: datetime) -> Deployment:
    if not has_deadline(noted):
        return noted
    said = progressing("NewReplicaSetCreated", f'Created new replica set "{name_of(newest)}"')
    return _with_conditions(noted, with_condition(_conditions(noted), said, now))


def _found(noted: Deployment, newest: ReplicaSet, now: datetime) -> Deployment:
    if not has_deadline(noted) or condition(noted, "Progressing"):
        return noted
    said = progressing("FoundNewReplicaSet", f'Found new replica set "{name_of(newest)}"')
    return _with_conditions(noted, with_condition(_conditions(noted), said, now))


def _conditions(deployment: Deployment) -> list[Manifest]:
    return list((deployment.get("status") or {}).get("conditions") or ())


def _with_conditions(deployment: Deployment, conditions: list[Manifest] | None) -> Deployment:
    if conditions is None:
        return deployment
    status = {**(deployment.get("status") or {}), "conditions": conditions}
    return {**deployment, "status": status}


def _reported(
    deployment: Deployment,
    actions: list[Action],
    newest: ReplicaSet | None,
    status: Manifest,
    now: datetime,
) -> Outcome:
    """The actions, then the status with the newest revision's number."""
    annotations = {}
    if newest is not None:
        changes = [a.patch for a in actions if isinstance(a, Change) and a.object is newest]
        numbers = [
            ((p.get("metadata") or {}).get("annotations") or {}).get(REVISION) for p in changes
        ]
        number = next(filter(None, numbers), None) or str(revision_of(newest))
        annotations = {REVISION: number}
    written = status_change(deployment, status, annotations)
    return Outcome([*actions, *written], until_deadline(deployment, status, now))
