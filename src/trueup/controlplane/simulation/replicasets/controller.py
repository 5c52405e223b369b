"""Keeps each ReplicaSet's pods."""

from __future__ import annotations

from trueup.controlplane.simulation.claims import claimed
from trueup.controlplane.simulation.controller import Controller
from trueup.controlplane.simulation.kinds import POD, REPLICA_SET
from trueup.controlplane.simulation.outcome import Outcome
from trueup.controlplane.simulation.replicasets.replicas import replica_set_outcome
from trueup.objects import Manifest


class ReplicaSets(Controller):
    """Keeps as many pods as each ReplicaSet asks for."""

    kind = REPLICA_SET
    children = (POD,)

    def decide(self, obj: Manifest) -> Outcome:
        pods = claimed(self.world, obj, POD)
        outcome = replica_set_outcome(obj, pods.children, self.clock.now())
        return Outcome([*pods.actions, *outcome.actions], outcome.again)
