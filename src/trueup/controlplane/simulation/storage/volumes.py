"""The phase of each volume, and its end when its claim has gone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trueup.controlplane.simulation.actor import Actor
from trueup.controlplane.simulation.clock import Clock
from trueup.controlplane.simulation.controller import Controller
from trueup.controlplane.simulation.kinds import CLAIM, VOLUME
from trueup.controlplane.simulation.outcome import Delete, Outcome, status_change
from trueup.controlplane.simulation.reading import is_deleting
from trueup.controlplane.simulation.storage.binding import PROVISIONED_BY
from trueup.controlplane.simulation.storage.classes import PROVISIONER
from trueup.controlplane.simulation.world import Snapshot, World
from trueup.objects import Manifest, ObjectRef


class Volumes(Controller):
    """Releases or deletes volumes whose claim is gone."""

    kind = VOLUME

    def __init__(self, world: World, actor: Actor, clock: Clock) -> None:
        super().__init__(world, actor, clock)
        world.listen(CLAIM, self._claim_changed)

    def decide(self, obj: Manifest) -> Outcome:
        reference = obj["spec"].get("claimRef") or {}
        claim = None
        if reference:
            namespace, name = reference.get("namespace", ""), reference["name"]
            claim = self.world.get(ObjectRef("", "PersistentVolumeClaim", namespace, name, "v1"))
        return volume_outcome(obj, claim)

    def _claim_changed(self, ref: ObjectRef, before: Snapshot | None, now: Snapshot | None) -> None:
        for seen in (before, now):
            name = seen.manifest()["spec"].get("volumeName") if seen else None
            if name:
                self.queue.add(self._ref("", name))


def volume_outcome(volume: Manifest, claim: Mapping[str, Any] | None) -> Outcome:
    """Available, Bound, or Released; a provisioned one whose policy is Delete then goes."""
    if is_deleting(volume):
        return Outcome()
    reference = volume["spec"].get("claimRef") or {}
    bound = claim is not None and claim["metadata"]["uid"] == reference.get("uid")
    phase = "Bound" if bound else "Released" if reference.get("uid") else "Available"
    ours = (volume["metadata"].get("annotations") or {}).get(PROVISIONED_BY) == PROVISIONER
    if phase == "Released" and ours and _deletes(volume):
        return Outcome([Delete(volume)])
    return Outcome(status_change(volume, {**(volume.get("status") or {}), "phase": phase}))


def _deletes(volume: Manifest) -> bool:
    return bool(volume["spec"].get("persistentVolumeReclaimPolicy") == "Delete")
