"""The simulated nodes: always Ready, with room for everything, and labelled for what they are."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from trueup.controlplane.simulation.actor import Actor
from trueup.controlplane.simulation.clock import Clock
from trueup.controlplane.simulation.controller import Controller
from trueup.controlplane.simulation.kinds import NODE
from trueup.controlplane.simulation.outcome import Create, Outcome, status_change
from trueup.controlplane.simulation.requests import SIMULATED, behaviour
from trueup.controlplane.simulation.world import World
from trueup.objects import Manifest, ObjectRef
from trueup.report.conditions import Condition, updated
from trueup.report.times import timestamp

_CAPACITY = {"cpu": "1k", "memory": "10Ti", "ephemeral-storage": "100Ti", "pods": "100k"}
"""Spelled as the API gives them back, so that comparing finds no difference."""
_VERSION = "v1.37.0+simulated"


class Nodes(Controller):
    """Keeps ``count`` nodes; one that is deleted comes back, as a machine registers itself."""

    kind = NODE

    def __init__(self, world: World, actor: Actor, clock: Clock, count: int) -> None:
        super().__init__(world, actor, clock)
        self._names = {f"simulated-{number}": number for number in range(1, count + 1)}

    async def run(self) -> None:
        for name in self._names:
            self.queue.add(self._ref("", name))
        await super().run()

    def decide(self, obj: Manifest) -> Outcome:
        number = self._names.get(obj["metadata"]["name"])
        if number is None:
            return Outcome()
        return Outcome(status_change(obj, node_status(obj, number, self.clock.now())))

    def gone(self, ref: ObjectRef) -> Outcome:
        return Outcome([Create(node(ref.name))] if ref.name in self._names else [])


def node(name: str) -> Manifest:
    labels = {
        "kubernetes.io/hostname": name,
        "kubernetes.io/os": "linux",
        "kubernetes.io/arch": "amd64",
        "beta.kubernetes.io/os": "linux",
        "beta.kubernetes.io/arch": "amd64",
        SIMULATED: "true",
    }
    annotations = {SIMULATED: "true"}
    metadata = {"name": name, "labels": labels, "annotations": annotations}
    return {"apiVersion": "v1", "kind": "Node", "metadata": metadata, "spec": {}}


def node_status(obj: Mapping[str, Any], number: int, now: datetime) -> Manifest:
    """Ready, or what the annotation on the node asks."""
    name = obj["metadata"]["name"]
    before = obj.get("status") or {}
    ready = Condition("Ready", "True", "KubeletReady", "the node is simulated")
    if behaviour(obj) in ("Unready", "Fail"):
        ready = Condition("Ready", "False", "KubeletNotReady", "an annotation asks for it")
    conditions = updated(before.get("conditions") or (), [ready], generation=0, now=timestamp(now))
    for condition in conditions:
        condition.pop("observedGeneration", None)
        condition.setdefault("lastHeartbeatTime", condition["lastTransitionTime"])
    return {
        **before,
        "capacity": _CAPACITY,
        "allocatable": _CAPACITY,
        "conditions": conditions,
        "addresses": [
            {"type": "InternalIP", "address": f"192.0.2.{number}"},
            {"type": "Hostname", "address": name},
        ],
        "nodeInfo": _info(name),
    }


def _info(name: str) -> Manifest:
    return {
        "architecture": "amd64",
        "bootID": name,
        "containerRuntimeVersion": "simulated://0",
        "kernelVersion": "simulated",
        "kubeProxyVersion": "",
        "kubeletVersion": _VERSION,
        "machineID": name,
        "operatingSystem": "linux",
        "osImage": "simulated",
        "systemUUID": name,
    }
