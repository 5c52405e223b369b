"""Keeps each StatefulSet's pods."""

from __future__ import annotations

from trueup.controlplane.simulation.claims import claimed
from trueup.controlplane.simulation.controller import Controller
from trueup.controlplane.simulation.kinds import CLAIM, CONTROLLER_REVISION, POD, STATEFUL_SET
from trueup.controlplane.simulation.outcome import Outcome
from trueup.controlplane.simulation.statefulsets.decide import stateful_set_outcome
from trueup.objects import Manifest


class StatefulSets(Controller):
    """Keeps the pods of each StatefulSet, one after the other."""

    kind = STATEFUL_SET
    children = (POD, CONTROLLER_REVISION)

    def decide(self, obj: Manifest) -> Outcome:
        metadata = obj["metadata"]
        pods = claimed(self.world, obj, POD)
        known = self.world.owned(CONTROLLER_REVISION, metadata["uid"])
        claims = {ref.name for ref in self.world.refs(CLAIM, metadata["namespace"])}
        outcome = stateful_set_outcome(obj, pods.children, known, claims, self.clock.now())
        return Outcome([*pods.actions, *outcome.actions], outcome.again)
