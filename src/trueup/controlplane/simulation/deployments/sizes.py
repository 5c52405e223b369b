"""How large ReplicaSets may be: surge, unavailability, and shares of a Deployment's size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from trueup.controlplane.simulation.reading import (
    counted,
    created,
    name_of,
    replicas_of,
    scaled,
)

Deployment = Mapping[str, Any]
ReplicaSet = Mapping[str, Any]

_MOST = "deployment.kubernetes.io/max-replicas"


def is_rolling(deployment: Deployment) -> bool:
    strategy = deployment["spec"].get("strategy") or {}
    return bool(strategy.get("type", "RollingUpdate") == "RollingUpdate")


def max_surge(deployment: Deployment) -> int:
    """Pods beyond the wanted number while rolling out."""
    return _fence(deployment)[0] if is_rolling(deployment) else 0


def max_unavailable(deployment: Deployment) -> int:
    """Pods that may be missing while rolling out."""
    if not is_rolling(deployment):
        return 0
    return min(_fence(deployment)[1], replicas_of(deployment))


def _fence(deployment: Deployment) -> tuple[int, int]:
    rolling = (deployment["spec"].get("strategy") or {}).get("rollingUpdate") or {}
    replicas = replicas_of(deployment)
    surge = scaled(rolling.get("maxSurge", "25%"), replicas, up=True)
    unavailable = scaled(rolling.get("maxUnavailable", "25%"), replicas, up=False)
    if not surge and not unavailable:
        unavailable = 1  # rounded down to nothing, a rollout could not begin
    return surge, unavailable


def all_replicas(sets: Sequence[ReplicaSet]) -> int:
    """What the ReplicaSets' specs ask for together."""
    return sum(replicas_of(rs) for rs in sets)


def newest_size(deployment: Deployment, sets: Sequence[ReplicaSet], present: int) -> int:
    """How large the newest ReplicaSet, now of size ``present``, may be made.

    ``sets``: all of them, the newest included where it exists.
    """
    wanted = replicas_of(deployment)
    if not is_rolling(deployment):
        return wanted
    room = wanted + max_surge(deployment) - all_replicas(sets)
    return present + max(0, min(room, wanted - present))


def proportional(deployment: Deployment, active: Sequence[ReplicaSet]) -> dict[str, int]:
    """New sizes by name, when a Deployment is scaled in the middle of a rollout.

    Each gets its share of what is added or taken away; the largest takes what is left over.
    """
    wanted = replicas_of(deployment)
    allowed = wanted + max_surge(deployment) if wanted else 0
    change = allowed - all_replicas(active)
    ordered = sorted(active, key=lambda rs: (-replicas_of(rs), _age(rs, newest_first=change > 0)))
    given, sizes = 0, {}
    for rs in ordered:
        share = _share(deployment, rs, change - given) if change - given else 0
        sizes[name_of(rs)] = replicas_of(rs) + share
        given += share
    if change and ordered:
        largest = name_of(ordered[0])
        sizes[largest] = max(0, sizes[largest] + change - given)
    return sizes


def _age(rs: ReplicaSet, *, newest_first: bool) -> tuple[float, str]:
    since = created(rs).timestamp()
    return (-since if newest_first else since, name_of(rs))


def _share(deployment: Deployment, rs: ReplicaSet, left: int) -> int:
    """What one ReplicaSet gets of ``left``, which is negative when scaling down."""
    size = replicas_of(rs)
    if not replicas_of(deployment):
        fraction = -size
    else:
        noted = (rs["metadata"].get("annotations") or {}).get(_MOST, "")
        before = int(noted) if noted.isdecimal() else 0
        before = before or counted(deployment, "replicas")
        if not before:
            return 0
        after = replicas_of(deployment) + max_surge(deployment)
        fraction = int(size * after / before + 0.5) - size
    return min(fraction, left) if left > 0 else max(fraction, left)
