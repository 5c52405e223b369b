"""Gives pods their simulated node, as kube-scheduler does: any node takes any pod."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from zlib import crc32

from trueup.controlplane.simulation.actor import Actor
from trueup.controlplane.simulation.clock import Clock
from trueup.controlplane.simulation.controller import Controller
from trueup.controlplane.simulation.kinds import CLAIM, NODE, POD
from trueup.controlplane.simulation.outcome import Action, Bind, Outcome, Tell, status_change
from trueup.controlplane.simulation.pods.conditions import PodCondition, pod_conditions
from trueup.controlplane.simulation.reading import (
    is_deleting,
    is_finished,
    name_of,
    phase,
    required_node,
)
from trueup.controlplane.simulation.requests import behaviour
from trueup.controlplane.simulation.world import Snapshot, World
from trueup.objects import Manifest, ObjectRef

ClaimPhase = Callable[[str], "str | None"]
"""The phase of a claim in the pod's namespace by name; None if there is no such claim."""


def schedule(
    pod: Mapping[str, Any],
    nodes: Sequence[Mapping[str, Any]],
    claim_phase: ClaimPhase,
    now: datetime,
) -> list[Action]:
    """Bind the pod, or say in its status and an Event why not."""
    spec = pod["spec"]
    if spec.get("nodeName") or spec.get("schedulingGates") or is_deleting(pod) or is_finished(pod):
        return []
    if not nodes:
        return []  # they are on their way
    free = [node for node in nodes if not node["spec"].get("unschedulable")]
    problem = _problem(pod, nodes, free, claim_phase)
    if not problem:
        chosen = free[crc32(pod["metadata"]["uid"].encode()) % len(free)]
        return [Bind(pod, _sent_to(pod, free) or name_of(chosen))]
    wanted = [PodCondition("PodScheduled", "False", "Unschedulable", problem)]
    status = {**(pod.get("status") or {}), "conditions": pod_conditions(pod, wanted, now)}
    changes = status_change(pod, status)
    told: list[Action] = [Tell(pod, "FailedScheduling", problem, warning=True)]
    return [*changes, *told] if changes else []


def _sent_to(pod: Mapping[str, Any], free: Sequence[Mapping[str, Any]]) -> str:
    """The node that the pod's affinity names, as a DaemonSet's does."""
    named = required_node(pod)
    return named if any(name_of(node) == named for node in free) else ""


def claims_of(pod: Mapping[str, Any]) -> list[str]:
    """The names of the claims that the pod's volumes need."""
    volumes = pod["spec"].get("volumes") or ()
    return [
        v["persistentVolumeClaim"]["claimName"] for v in volumes if "persistentVolumeClaim" in v
    ]


def _problem(
    pod: Mapping[str, Any],
    nodes: Sequence[Mapping[str, Any]],
    free: Sequence[Mapping[str, Any]],
    claim_phase: ClaimPhase,
) -> str:
    head = f"0/{len(nodes)} nodes are available: "
    if behaviour(pod) == "Pending":
        return head + "the pod's annotation asks the simulation to leave it pending."
    if not free:
        return head + f"{len(nodes)} node(s) were unschedulable."
    for name in claims_of(pod):
        found = claim_phase(name)
        if found is None:
            return head + f'persistentvolumeclaim "{name}" not found.'
        if found != "Bound":
            return head + "pod has unbound immediate PersistentVolumeClaims."
    return ""


class Scheduler(Controller):
    """Pods that found no place are tried again when a node or a claim changes."""

    kind = POD

    def __init__(self, world: World, actor: Actor, clock: Clock) -> None:
        super().__init__(world, actor, clock)
        self._waiting: set[ObjectRef] = set()
        world.listen(NODE, self._place_changed)
        world.listen(CLAIM, self._place_changed)

    def decide(self, obj: Manifest) -> Outcome:
        ref = ObjectRef.of(obj)
        nodes = sorted(self.world.all(NODE), key=name_of)
        actions = schedule(
            obj, nodes, lambda name: self._claim_phase(ref.namespace, name), self.clock.now()
        )
        if obj["spec"].get("nodeName") or any(isinstance(a, Bind) for a in actions):
            self._waiting.discard(ref)
        else:
            self._waiting.add(ref)
        return Outcome(actions)

    def gone(self, ref: ObjectRef) -> Outcome:
        self._waiting.discard(ref)
        return Outcome()

    def _changed(self, ref: ObjectRef, before: Snapshot | None, now: Snapshot | None) -> None:
        if now is None or before is None or ref in self._waiting:
            self.queue.add(ref)

    def _place_changed(self, ref: ObjectRef, before: Snapshot | None, now: Snapshot | None) -> None:
        for waiting in self._waiting:
            self.queue.add(waiting)

    def _claim_phase(self, namespace: str, name: str) -> str | None:
        claim = self.world.get(ObjectRef(CLAIM.group, CLAIM.kind, namespace, name, CLAIM.version))
        return phase(claim) if claim else None
