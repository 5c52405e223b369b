"""The service account ``default`` that every namespace has."""

from __future__ import annotations

from trueup.controlplane.simulation.actor import Actor
from trueup.controlplane.simulation.clock import Clock
from trueup.controlplane.simulation.controller import Controller
from trueup.controlplane.simulation.kinds import NAMESPACE, SERVICE_ACCOUNT
from trueup.controlplane.simulation.outcome import Create, Outcome
from trueup.controlplane.simulation.reading import is_deleting
from trueup.controlplane.simulation.world import Snapshot, World
from trueup.objects import Manifest, ObjectRef


class DefaultAccounts(Controller):
    """Gives each namespace its default service account."""

    kind = NAMESPACE

    def __init__(self, world: World, actor: Actor, clock: Clock) -> None:
        super().__init__(world, actor, clock)
        world.listen(SERVICE_ACCOUNT, self._account_changed)

    def decide(self, obj: Manifest) -> Outcome:
        name = obj["metadata"]["name"]
        there = self.world.snapshot(ObjectRef("", "ServiceAccount", name, "default", "v1"))
        if there or is_deleting(obj):
            return Outcome()
        metadata = {"name": "default", "namespace": name}
        return Outcome(
            [Create({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata})]
        )

    def _account_changed(
        self, ref: ObjectRef, before: Snapshot | None, now: Snapshot | None
    ) -> None:
        if now is None and ref.name == "default":
            self.queue.add(self._ref("", ref.namespace))
