"""The loop that every controller here runs: a key in, one look, a decision, its writes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import ClassVar

from trueup.cluster import WorkQueue
from trueup.controlplane.simulation.actor import Actor
from trueup.controlplane.simulation.clock import Clock
from trueup.controlplane.simulation.outcome import Outcome
from trueup.controlplane.simulation.selectors import selects
from trueup.controlplane.simulation.world import Snapshot, World
from trueup.objects import GroupVersionKind, Manifest, ObjectRef

_WORKERS = 16
"""Writes wait for the disk together, so many workers cost little."""

_SOONEST = 0.01
"""Seconds before a key comes back by itself: a decision that waits for nothing starves no other."""


class Controller(ABC):
    """Looks at each object of ``kind`` when it, or a child of a kind in ``children``, changes."""

    kind: ClassVar[GroupVersionKind]
    children: ClassVar[tuple[GroupVersionKind, ...]] = ()

    def __init__(self, world: World, actor: Actor, clock: Clock) -> None:
        self.world = world
        self.clock = clock
        self.queue: WorkQueue[ObjectRef] = WorkQueue(clock.seconds)
        self._actor = actor
        world.listen(self.kind, self._changed)
        for child in self.children:
            world.listen(child, self._child_changed)

    @abstractmethod
    def decide(self, obj: Manifest) -> Outcome:
        """What is to be done about ``obj`` now; reads the world and writes nothing."""

    def gone(self, ref: ObjectRef) -> Outcome:
        """What is to be done about an object that is not there any more."""
        return Outcome()

    async def run(self) -> None:
        await self.queue.run(self._reconcile, workers=_WORKERS)

    async def _reconcile(self, ref: ObjectRef) -> float | None:
        obj = self.world.get(ref)
        outcome = self.gone(ref) if obj is None else self.decide(obj)
        await self._actor.carry_out(outcome.actions)
        return None if outcome.again is None else max(outcome.again, _SOONEST)

    def _changed(self, ref: ObjectRef, before: Snapshot | None, now: Snapshot | None) -> None:
        self.queue.add(ref)

    def _child_changed(self, ref: ObjectRef, before: Snapshot | None, now: Snapshot | None) -> None:
        for seen in (before, now):
            if seen is not None and seen.owner and seen.owner[0] == self.kind.kind:
                self.queue.add(self._ref(ref.namespace, seen.owner[1]))
        if now is not None and now.owner is None and _may_be_adopted(before, now):
            for owner in self._would_adopt(ref.namespace, now):
                self.queue.add(owner)

    def _ref(self, namespace: str, name: str) -> ObjectRef:
        return ObjectRef(self.kind.group, self.kind.kind, namespace, name, self.kind.version)

    def _would_adopt(self, namespace: str, orphan: Snapshot) -> Iterable[ObjectRef]:
        for ref in self.world.refs(self.kind, namespace):
            obj = self.world.get(ref)
            if obj is not None and selects(obj["spec"].get("selector"), orphan.labels):
                yield ref


def _may_be_adopted(before: Snapshot | None, now: Snapshot) -> bool:
    return before is None or before.owner is not None or before.labels != now.labels
