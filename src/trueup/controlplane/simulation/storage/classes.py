"""The default StorageClass, named for what it is."""

from __future__ import annotations

from trueup.controlplane.simulation.controller import Controller
from trueup.controlplane.simulation.kinds import STORAGE_CLASS
from trueup.controlplane.simulation.outcome import Create, Outcome
from trueup.controlplane.simulation.requests import SIMULATED
from trueup.objects import Manifest, ObjectRef

NAME = "simulated"
IS_DEFAULT = "storageclass.kubernetes.io/is-default-class"
PROVISIONER = "trueup.dev/simulated"


class StorageClasses(Controller):
    """Created at the start where there is no default class yet; a user may change or delete it."""

    kind = STORAGE_CLASS

    async def run(self) -> None:
        if not any(is_default(found) for found in self.world.all(STORAGE_CLASS)):
            self.queue.add(self._ref("", NAME))
        await super().run()

    def decide(self, obj: Manifest) -> Outcome:
        return Outcome()

    def gone(self, ref: ObjectRef) -> Outcome:
        return Outcome([Create(storage_class())] if not self.world.refs(STORAGE_CLASS) else [])


def is_default(obj: Manifest) -> bool:
    return (obj["metadata"].get("annotations") or {}).get(IS_DEFAULT) == "true"


def storage_class() -> Manifest:
    annotations = {IS_DEFAULT: "true", SIMULATED: "true"}
    return {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {"name": NAME, "annotations": annotations},
        "provisioner": PROVISIONER,
    }
