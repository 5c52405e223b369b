"""Keeps each DaemonSet's pods, node by node."""

from __future__ import annotations

from trueup.controlplane.simulation.actor import Actor
from trueup.controlplane.simulation.claims import claimed
from trueup.controlplane.simulation.clock import Clock
from trueup.controlplane.simulation.controller import Controller
from trueup.controlplane.simulation.daemonsets.decide import daemon_set_outcome
from trueup.controlplane.simulation.kinds import CONTROLLER_REVISION, DAEMON_SET, NODE, POD
from trueup.controlplane.simulation.outcome import Outcome
from trueup.controlplane.simulation.world import Snapshot, World
from trueup.objects import Manifest, ObjectRef


class DaemonSets(Controller):
    """Keeps a pod of each DaemonSet on each node."""

    kind = DAEMON_SET
    children = (POD, CONTROLLER_REVISION)

    def __init__(self, world: World, actor: Actor, clock: Clock) -> None:
        super().__init__(world, actor, clock)
        world.listen(NODE, self._node_changed)

    def decide(self, obj: Manifest) -> Outcome:
        pods = claimed(self.world, obj, POD)
        known = self.world.owned(CONTROLLER_REVISION, obj["metadata"]["uid"])
        nodes = sorted(ref.name for ref in self.world.refs(NODE))
        outcome = daemon_set_outcome(obj, pods.children, known, nodes, self.clock.now())
        return Outcome([*pods.actions, *outcome.actions], outcome.again)

    def _node_changed(self, ref: ObjectRef, before: Snapshot | None, now: Snapshot | None) -> None:
        if before is None or now is None:
            for daemon_set in self.world.refs(DAEMON_SET):
                self.queue.add(daemon_set)
