"""The next step of a StatefulSet: the pod to make, to take away or to renew, in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
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
    counted,
    is_deleting,
    is_finished,
    is_ready,
    name_of,
    replicas_of,
    scaled,
    until_available,
    without_zeros,
)
from trueup.controlplane.simulation.revisions import Revision, Revisions, revisions_of, surplus
from trueup.controlplane.simulation.statefulsets.identity import (
    claims_of,
    new_pod,
    ordinal_of,
    revision_name,
)
from trueup.objects import Manifest

Pod = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Set:
    """A StatefulSet with its pods by ordinal; those in range, and those beyond it."""

    obj: Manifest
    replicas: Mapping[int, Pod]
    condemned: Mapping[int, Pod]
    current: Revision
    update: Revision
    now: datetime

    @property
    def ordinals(self) -> range:
        start = int((self.obj["spec"].get("ordinals") or {}).get("start") or 0)
        return range(start, start + replicas_of(self.obj))

    @property
    def is_ordered(self) -> bool:
        return bool(self.obj["spec"].get("podManagementPolicy", "OrderedReady") == "OrderedReady")

    @property
    def partition(self) -> int:
        rolling = (self.obj["spec"].get("updateStrategy") or {}).get("rollingUpdate") or {}
        return int(rolling.get("partition") or 0)

    def is_available(self, pod: Pod | None) -> bool:
        if pod is None or is_deleting(pod):
            return False
        return until_available(pod, self.obj["spec"].get("minReadySeconds") or 0, self.now) == 0.0


def stateful_set_outcome(
    stateful_set: Manifest,
    pods: Sequence[Pod],
    known: Sequence[Revision],
    claims: AbstractSet[str],
    now: datetime,
) -> Outcome:
    """One step. ``known``: its revisions; ``claims``: the names of the namespace's claims."""
    found = revisions_of(stateful_set, known)
    name = (stateful_set.get("status") or {}).get("currentRevision", "")
    current = found.named(name) or found.update
    here = _arranged(stateful_set, pods, current, found.update, now)
    actions: list[Action] = list(found.actions)
    if not is_deleting(stateful_set):
        actions += _stepped(here, claims)
        live = {name_of(current), name_of(found.update), *map(revision_name, pods)}
        actions += surplus(stateful_set, known, live)
    status, again = _status(here, pods, found)
    return Outcome([*actions, *status_change(stateful_set, status)], again)


def _arranged(
    obj: Manifest, pods: Sequence[Pod], current: Revision, update: Revision, now: datetime
) -> _Set:
    numbered = {ordinal_of(obj, pod): pod for pod in pods}
    numbered.pop(-1, None)
    wanted = _Set(obj, {}, {}, current, update, now).ordinals
    inside = {n: pod for n, pod in numbered.items() if n in wanted}
    beyond = {n: pod for n, pod in numbered.items() if n not in wanted}
    return _Set(obj, inside, beyond, current, update, now)


def _stepped(here: _Set, claims: AbstractSet[str]) -> list[Action]:
    """Fill up, then shrink, then renew; in order, each waits until the one before is done."""
    filling = _filled(here, claims)
    waiting = any(not here.is_available(here.replicas.get(n)) for n in here.ordinals)
    if filling or (here.is_ordered and waiting and not _is_stuck(here)):
        return filling
    return _shrunk(here) or _renewed(here)


def _is_stuck(here: _Set) -> bool:
    """A pod of an old revision that does not get ready is not waited for, but renewed."""
    unready = [pod for n in here.ordinals if not here.is_available(pod := here.replicas.get(n))]
    old = [pod for pod in unready if pod and revision_name(pod) != name_of(here.update)]
    return bool(old) and not any(pod is None or is_deleting(pod) for pod in unready)


def _filled(here: _Set, claims: AbstractSet[str]) -> list[Action]:
    """Make missing pods and replace those that ended; in order, one waits for the one before."""
    actions: list[Action] = []
    for ordinal in here.ordinals:
        pod = here.replicas.get(ordinal)
        actions += _claimed(here, ordinal, claims)
        if pod is None:
            made = new_pod(here.obj, ordinal, _revision_for(here, ordinal))
            message = f"create Pod {{name}} in StatefulSet {name_of(here.obj)} successful"
            actions.append(Create(made, Tell(here.obj, "SuccessfulCreate", message)))
        elif is_finished(pod) and not is_deleting(pod):
            actions.append(_deleted(here, pod))
        if here.is_ordered and not here.is_available(pod):
            break
    return actions


def _claimed(here: _Set, ordinal: int, claims: AbstractSet[str]) -> list[Action]:
    wanted = claims_of(here.obj, ordinal)
    return [Create(claim) for claim in wanted if name_of(claim) not in claims]


def _revision_for(here: _Set, ordinal: int) -> Revision:
    """Below the partition, and while an update has not reached it, a pod keeps the old template."""
    start = here.ordinals.start
    strategy = (here.obj["spec"].get("updateStrategy") or {}).get("type", "RollingUpdate")
    if strategy == "OnDelete":
        return here.update
    status = here.obj.get("status") or {}
    below = ordinal < start + here.partition
    old = ordinal < start + int(status.get("currentReplicas") or 0)
    return here.current if below or (old and not here.partition) else here.update


def _shrunk(here: _Set) -> list[Action]:
    """Take away what is beyond the range, the highest ordinal first."""
    actions: list[Action] = []
    for ordinal in sorted(here.condemned, reverse=True):
        pod = here.condemned[ordinal]
        if not is_deleting(pod):
            actions.append(_deleted(here, pod))
        if here.is_ordered:
            break
    return actions


def _renewed(here: _Set) -> list[Action]:
    """Delete pods of an old revision down to the partition, as many as may be unavailable."""
    strategy = here.obj["spec"].get("updateStrategy") or {}
    if strategy.get("type", "RollingUpdate") != "RollingUpdate" or here.condemned:
        return []
    rolling = strategy.get("rollingUpdate") or {}
    allowed = max(1, scaled(rolling.get("maxUnavailable", 1), replicas_of(here.obj), up=True))
    down = sum(not here.is_available(here.replicas.get(n)) for n in here.ordinals)
    actions: list[Action] = []
    for ordinal in reversed(here.ordinals):
        pod = here.replicas.get(ordinal)
        if ordinal < here.ordinals.start + here.partition:
            break
        if pod is None or is_deleting(pod) or revision_name(pod) == name_of(here.update):
            continue
        if here.is_available(pod):
            if down >= allowed:
                break
            down += 1
        actions.append(_deleted(here, pod))
    return actions


def _deleted(here: _Set, pod: Pod) -> Delete:
    message = f"delete Pod {{name}} in StatefulSet {name_of(here.obj)} successful"
    return Delete(pod, then=Tell(here.obj, "SuccessfulDelete", message))


def _status(here: _Set, pods: Sequence[Pod], found: Revisions) -> tuple[Manifest, float | None]:
    obj, seconds = here.obj, here.obj["spec"].get("minReadySeconds") or 0
    waits = [until_available(pod, seconds, here.now) for pod in pods if not is_deleting(pod)]
    alive = [pod for pod in pods if not is_deleting(pod)]
    update, current = name_of(here.update), name_of(here.current)
    counts = {
        "observedGeneration": obj["metadata"].get("generation", 0),
        "readyReplicas": sum(is_ready(pod) for pod in pods),
        "currentReplicas": sum(revision_name(pod) == current for pod in alive),
        "updatedReplicas": sum(revision_name(pod) == update for pod in alive),
    }
    if _is_complete(here, counts):
        current, counts["currentReplicas"] = update, counts["updatedReplicas"]
    status: Manifest = {
        "replicas": len(pods),
        "availableReplicas": waits.count(0.0),
        "currentRevision": current,
        "updateRevision": update,
        "collisionCount": counted(obj, "collisionCount"),
        **without_zeros(counts),
    }
    if conditions := (obj.get("status") or {}).get("conditions"):
        status["conditions"] = conditions
    return status, soonest(*(wait for wait in waits if wait))


def _is_complete(here: _Set, counts: Mapping[str, int]) -> bool:
    """All pods are of the new revision and ready: it becomes the current one."""
    wanted = replicas_of(here.obj)
    updated = counts["updatedReplicas"] == wanted and not here.condemned
    return updated and counts["readyReplicas"] == wanted
