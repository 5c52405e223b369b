"""The next step of a DaemonSet: which nodes lack a pod, have one too many, or an old one."""

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
    is_deleting,
    is_finished,
    is_ready,
    name_of,
    required_node,
    scaled,
    until_available,
    without_zeros,
)
from trueup.controlplane.simulation.revisions import LABEL, Revision, revisions_of, surplus
from trueup.controlplane.simulation.templates import pod_from_template
from trueup.objects import Manifest

Pod = Mapping[str, Any]

_GENERATION = "deprecated.daemonset.template.generation"


def daemon_set_outcome(
    daemon_set: Manifest,
    pods: Sequence[Pod],
    known: Sequence[Revision],
    nodes: Sequence[str],
    now: datetime,
) -> Outcome:
    """One step; ``known``: its revisions, ``nodes``: the names of all nodes."""
    found = revisions_of(daemon_set, known)
    mark = str(found.update["metadata"]["labels"][LABEL])
    actions: list[Action] = list(found.actions)
    if not is_deleting(daemon_set):
        changes = _placed(daemon_set, pods, nodes, mark)
        actions += changes or _renewed(daemon_set, pods, nodes, mark, now)
        used = {(pod["metadata"].get("labels") or {}).get(LABEL) for pod in pods} | {mark}
        live = {name_of(r) for r in known if r["metadata"]["labels"].get(LABEL) in used}
        actions += surplus(daemon_set, known, live)
    status, again = _status(daemon_set, pods, nodes, mark, now)
    return Outcome([*actions, *status_change(daemon_set, status)], again)


def node_of(pod: Pod) -> str:
    """The pod's node: where it runs, or where its affinity sends it."""
    if pod["spec"].get("nodeName"):
        return str(pod["spec"]["nodeName"])
    return required_node(pod)


def _placed(
    daemon_set: Manifest, pods: Sequence[Pod], nodes: Sequence[str], mark: str
) -> list[Action]:
    actions: list[Action] = []
    for node in nodes:
        here = [pod for pod in pods if node_of(pod) == node]
        ended = [pod for pod in here if is_finished(pod) and not is_deleting(pod)]
        extra = sorted((p for p in here if not is_finished(p)), key=created)[1:]
        actions += [_deleted(daemon_set, p) for p in [*ended, *extra] if not is_deleting(p)]
        if not here:
            told = Tell(daemon_set, "SuccessfulCreate", "Created pod: {name}")
            actions.append(Create(_new_pod(daemon_set, node, mark), told))
    lost = [pod for pod in pods if node_of(pod) not in nodes and not is_deleting(pod)]
    return [*actions, *(_deleted(daemon_set, pod) for pod in lost)]


def _renewed(
    daemon_set: Manifest, pods: Sequence[Pod], nodes: Sequence[str], mark: str, now: datetime
) -> list[Action]:
    """Delete pods of an old template, as many as may be unavailable at once."""
    strategy = daemon_set["spec"].get("updateStrategy") or {}
    if strategy.get("type", "RollingUpdate") != "RollingUpdate":
        return []
    rolling = strategy.get("rollingUpdate") or {}
    allowed = max(1, scaled(rolling.get("maxUnavailable", 1), len(nodes), up=True))
    seconds = daemon_set["spec"].get("minReadySeconds") or 0
    alive = [pod for pod in pods if not is_deleting(pod)]
    up = [pod for pod in alive if until_available(pod, seconds, now) == 0.0]
    old = [pod for pod in alive if (pod["metadata"].get("labels") or {}).get(LABEL) != mark]
    broken = [pod for pod in old if pod not in up]
    room = max(0, allowed - (len(nodes) - len(up)))
    working = [pod for pod in old if pod in up][:room]
    return [_deleted(daemon_set, pod) for pod in [*broken, *working]]


def _new_pod(daemon_set: Manifest, node: str, mark: str) -> Manifest:
    pod = pod_from_template(daemon_set["spec"]["template"], daemon_set)
    labels = pod["metadata"].setdefault("labels", {})
    labels[LABEL] = mark
    generation = (daemon_set["metadata"].get("annotations") or {}).get(_GENERATION)
    if generation:
        labels["pod-template-generation"] = generation
    field = {"key": "metadata.name", "operator": "In", "values": [node]}
    required = {"nodeSelectorTerms": [{"matchFields": [field]}]}
    affinity = pod["spec"].setdefault("affinity", {})
    affinity["nodeAffinity"] = {"requiredDuringSchedulingIgnoredDuringExecution": required}
    return pod


def _deleted(daemon_set: Manifest, pod: Pod) -> Delete:
    return Delete(pod, then=Tell(daemon_set, "SuccessfulDelete", "Deleted pod: {name}"))


def _status(
    daemon_set: Manifest, pods: Sequence[Pod], nodes: Sequence[str], mark: str, now: datetime
) -> tuple[Manifest, float | None]:
    alive = [pod for pod in pods if node_of(pod) in nodes and not is_deleting(pod)]
    seconds = daemon_set["spec"].get("minReadySeconds") or 0
    waits = [until_available(pod, seconds, now) for pod in alive]
    available = waits.count(0.0)
    updated = sum((pod["metadata"].get("labels") or {}).get(LABEL) == mark for pod in alive)
    before = daemon_set.get("status") or {}
    optional = {
        "observedGeneration": daemon_set["metadata"].get("generation", 0),
        "updatedNumberScheduled": updated,
        "numberAvailable": available,
        "numberUnavailable": len(nodes) - available,
    }
    status: Manifest = {
        **{k: v for k, v in before.items() if k in ("conditions", "collisionCount")},
        "currentNumberScheduled": len({node_of(pod) for pod in alive}),
        "numberMisscheduled": 0,
        "desiredNumberScheduled": len(nodes),
        "numberReady": sum(is_ready(pod) for pod in alive),
        **without_zeros(optional),
    }
    return status, soonest(*(wait for wait in waits if wait))
