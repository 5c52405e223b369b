"""Rolls each Deployment out."""

from __future__ import annotations

from trueup.controlplane.simulation.claims import claimed
from trueup.controlplane.simulation.controller import Controller
from trueup.controlplane.simulation.deployments.decide import deployment_outcome
from trueup.controlplane.simulation.kinds import DEPLOYMENT, POD, REPLICA_SET
from trueup.controlplane.simulation.outcome import Outcome
from trueup.controlplane.simulation.reading import is_finished
from trueup.objects import Manifest


class Deployments(Controller):
    """Besides its ReplicaSets, a Deployment that recreates waits for its last old pod to go."""

    kind = DEPLOYMENT
    children = (REPLICA_SET,)

    def decide(self, obj: Manifest) -> Outcome:
        sets = claimed(self.world, obj, REPLICA_SET)
        running = {
            replica_set["metadata"]["uid"]
            for replica_set in sets.children
            if self._has_pods(replica_set)
        }
        outcome = deployment_outcome(obj, sets.children, self.clock.now(), running=running)
        return Outcome([*sets.actions, *outcome.actions], outcome.again)

    def _has_pods(self, replica_set: Manifest) -> bool:
        pods = self.world.owned(POD, replica_set["metadata"]["uid"])
        return any(not is_finished(pod) for pod in pods)
