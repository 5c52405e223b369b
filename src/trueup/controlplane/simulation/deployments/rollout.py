"""The steps of a rollout: which ReplicaSets grow, which shrink, and which are forgotten."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from trueup.controlplane.simulation.deployments.revisions import (
    DESIRED,
    revision_of,
    size_annotations,
)
from trueup.controlplane.simulation.deployments.sizes import (
    all_replicas,
    is_rolling,
    max_unavailable,
    newest_size,
    proportional,
)
from trueup.controlplane.simulation.outcome import Action, Change, Delete, Tell
from trueup.controlplane.simulation.reading import (
    counted,
    created,
    is_deleting,
    name_of,
    replicas_of,
    total,
)

Deployment = Mapping[str, Any]
ReplicaSet = Mapping[str, Any]


def active(sets: Iterable[ReplicaSet]) -> list[ReplicaSet]:
    return [rs for rs in sets if replicas_of(rs) > 0]


def is_scaled(deployment: Deployment, sets: Iterable[ReplicaSet]) -> bool:
    """Whether the Deployment's size changed since its active ReplicaSets were last looked at."""
    wanted = str(replicas_of(deployment))
    noted = [(rs["metadata"].get("annotations") or {}).get(DESIRED) for rs in active(sets)]
    return any(text is not None and text != wanted for text in noted)


def scale(
    deployment: Deployment, newest: ReplicaSet | None, old: Sequence[ReplicaSet]
) -> list[Action]:
    """Follow a changed size: wholly where one ReplicaSet counts, else in proportion."""
    wanted = replicas_of(deployment)
    sets = [*old, newest] if newest else list(old)
    running = active(sets)
    if len(running) <= 1:
        latest = running[0] if running else newest or _latest(old)
        return resize(deployment, {name_of(latest): wanted}, sets) if latest else []
    if newest and _is_saturated(deployment, newest):
        return resize(deployment, {name_of(rs): 0 for rs in active(old)}, sets)
    if not is_rolling(deployment):
        return []
    return resize(deployment, proportional(deployment, running), sets, annotate=True)


def roll(deployment: Deployment, newest: ReplicaSet, old: Sequence[ReplicaSet]) -> list[Action]:
    """One step of a rolling update: grow the newest, or else shrink the others."""
    sets = [*old, newest]
    size = min(newest_size(deployment, sets, replicas_of(newest)), replicas_of(deployment))
    if size != replicas_of(newest):
        return resize(deployment, {name_of(newest): size}, sets)
    return resize(deployment, shrunk(deployment, newest, active(old)), sets)


def shrunk(deployment: Deployment, newest: ReplicaSet, old: Sequence[ReplicaSet]) -> dict[str, int]:
    """New sizes of the old ReplicaSets: first what does not work goes, then what is spared."""
    least = replicas_of(deployment) - max_unavailable(deployment)
    missing = replicas_of(newest) - counted(newest, "availableReplicas")
    unhealthy = all_replicas([*old, newest]) - least - missing
    sizes = {name_of(rs): replicas_of(rs) for rs in old}
    if unhealthy <= 0:
        return sizes
    ordered = sorted(old, key=lambda rs: (created(rs), name_of(rs)))
    for rs in ordered:
        broken = sizes[name_of(rs)] - counted(rs, "availableReplicas")
        taken = max(0, min(unhealthy, broken))
        sizes[name_of(rs)] -= taken
        unhealthy -= taken
    spare = total([*old, newest], "availableReplicas") - least
    for rs in ordered:
        taken = max(0, min(spare, sizes[name_of(rs)]))
        sizes[name_of(rs)] -= taken
        spare -= taken
    return sizes


def resize(
    deployment: Deployment,
    sizes: Mapping[str, int],
    sets: Iterable[ReplicaSet],
    *,
    annotate: bool = False,
) -> list[Action]:
    """Make ReplicaSets of these sizes; ``annotate``: note the Deployment's size on all of them."""
    actions: list[Action] = []
    noted = size_annotations(deployment)
    for rs in sets:
        before, after = replicas_of(rs), sizes.get(name_of(rs), replicas_of(rs))
        annotations = rs["metadata"].get("annotations") or {}
        stale = annotate and any(annotations.get(k) != v for k, v in noted.items())
        if before == after and not stale:
            continue
        patch = {"metadata": {"annotations": noted}, "spec": {"replicas": after}}
        actions.append(Change(rs, patch, then=_told(deployment, rs, before, after)))
    return actions


def forgotten(deployment: Deployment, old: Sequence[ReplicaSet]) -> list[Action]:
    """Delete the oldest revisions beyond the limit, once nothing runs in them."""
    limit = deployment["spec"].get("revisionHistoryLimit")
    if limit is None:
        return []
    kept = [rs for rs in old if not is_deleting(rs)]
    ordered = sorted(kept, key=lambda rs: (revision_of(rs), created(rs), name_of(rs)))
    return [Delete(rs) for rs in ordered[: max(0, len(kept) - limit)] if _is_idle(rs)]


def _is_idle(rs: ReplicaSet) -> bool:
    current = counted(rs, "observedGeneration") >= rs["metadata"].get("generation", 0)
    return current and not counted(rs, "replicas") and not replicas_of(rs)


def _is_saturated(deployment: Deployment, newest: ReplicaSet) -> bool:
    """The newest has all its pods, and they are available."""
    wanted = replicas_of(deployment)
    noted = (newest["metadata"].get("annotations") or {}).get(DESIRED)
    return (
        replicas_of(newest) == wanted
        and noted == str(wanted)
        and counted(newest, "availableReplicas") == wanted
    )


def _latest(old: Sequence[ReplicaSet]) -> ReplicaSet | None:
    return max(old, key=lambda rs: (created(rs), name_of(rs)), default=None)


def _told(deployment: Deployment, rs: ReplicaSet, before: int, after: int) -> Tell | None:
    if before == after:
        return None
    way = "up" if after > before else "down"
    message = f"Scaled {way} replica set {name_of(rs)} from {before} to {after}"
    return Tell(deployment, "ScalingReplicaSet", message)
