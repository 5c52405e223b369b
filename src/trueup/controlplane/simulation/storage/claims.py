"""Binds claims to volumes."""

from __future__ import annotations

from trueup.controlplane.simulation.actor import Actor
from trueup.controlplane.simulation.clock import Clock
from trueup.controlplane.simulation.controller import Controller
from trueup.controlplane.simulation.kinds import CLAIM, STORAGE_CLASS, VOLUME
from trueup.controlplane.simulation.outcome import Outcome
from trueup.controlplane.simulation.reading import name_of
from trueup.controlplane.simulation.storage.binding import claim_outcome, provisioned_name
from trueup.controlplane.simulation.storage.classes import is_default
from trueup.controlplane.simulation.world import Snapshot, World
from trueup.objects import Manifest, ObjectRef


class Claims(Controller):
    """Claims that wait are looked at again when a volume or a class changes."""

    kind = CLAIM

    def __init__(self, world: World, actor: Actor, clock: Clock) -> None:
        super().__init__(world, actor, clock)
        world.listen(VOLUME, self._volume_changed)
        world.listen(STORAGE_CLASS, self._class_changed)
        self._waiting: set[ObjectRef] = set()
        self._free: set[ObjectRef] = set()

    def decide(self, obj: Manifest) -> Outcome:
        ref = ObjectRef.of(obj)
        if (obj.get("status") or {}).get("phase") == "Bound":
            self._waiting.discard(ref)
        else:
            self._waiting.add(ref)
        classes = self.world.all(STORAGE_CLASS)
        default = next((name_of(c) for c in classes if is_default(c)), "")
        wanted = obj["spec"].get("storageClassName", default)
        found = next((c for c in classes if name_of(c) == wanted), {})
        reclaim = found.get("reclaimPolicy", "Delete")
        return claim_outcome(obj, self._candidates(obj), default, reclaim, self.clock.now())

    def gone(self, ref: ObjectRef) -> Outcome:
        self._waiting.discard(ref)
        return Outcome()

    def _candidates(self, claim: Manifest) -> list[Manifest]:
        """The volumes that it can have: its own, the one it names, and those that nobody has."""
        named = {provisioned_name(claim), claim["spec"].get("volumeName", "")}
        refs = {ObjectRef(VOLUME.group, VOLUME.kind, "", name, VOLUME.version) for name in named}
        found = [self.world.get(ref) for ref in sorted(refs | self._free)]
        return [volume for volume in found if volume is not None]

    def _volume_changed(
        self, ref: ObjectRef, before: Snapshot | None, now: Snapshot | None
    ) -> None:
        references = [s.manifest()["spec"].get("claimRef") for s in (before, now) if s is not None]
        for reference in filter(None, references):
            self.queue.add(self._ref(reference.get("namespace", ""), reference["name"]))
        if now is not None and not (references[-1] or {}).get("uid"):
            self._free.add(ref)
            self._look_again()
        else:
            self._free.discard(ref)

    def _class_changed(self, ref: ObjectRef, before: Snapshot | None, now: Snapshot | None) -> None:
        self._look_again()

    def _look_again(self) -> None:
        for waiting in self._waiting:
            self.queue.add(waiting)
