"""Runs the simulated nodes' pods through their states, and lets go of those that are deleted."""

from __future__ import annotations

from ipaddress import IPv4Network
from zlib import crc32

from trueup.controlplane.simulation.actor import Actor
from trueup.controlplane.simulation.clock import Clock
from trueup.controlplane.simulation.controller import Controller
from trueup.controlplane.simulation.kinds import NODE, POD
from trueup.controlplane.simulation.outcome import Outcome
from trueup.controlplane.simulation.pods.lifecycle import Addresses, pod_outcome
from trueup.controlplane.simulation.reading import is_deleting
from trueup.controlplane.simulation.world import World
from trueup.objects import Manifest, ObjectRef

_PODS = IPv4Network("10.128.0.0/9")


class Kubelet(Controller):
    """The kubelet of all simulated nodes. Pods of nodes that do not exist are only cleaned up."""

    kind = POD

    def __init__(self, world: World, actor: Actor, clock: Clock) -> None:
        super().__init__(world, actor, clock)
        self._addresses = PodAddresses()

    def decide(self, obj: Manifest) -> Outcome:
        ref = ObjectRef.of(obj)
        node = self.world.get(
            ObjectRef(NODE.group, NODE.kind, "", obj["spec"].get("nodeName", ""), NODE.version)
        )
        if node is None and not is_deleting(obj):
            return Outcome()
        status = obj.get("status") or {}
        address = self._addresses.of(ref, status.get("podIP", ""))
        return pod_outcome(obj, Addresses(address, _address_of(node)), self.clock.now())

    def gone(self, ref: ObjectRef) -> Outcome:
        self._addresses.release(ref)
        return Outcome()


def _address_of(node: Manifest | None) -> str:
    for address in ((node or {}).get("status") or {}).get("addresses") or ():
        if address["type"] == "InternalIP":
            return str(address["address"])
    return ""


class PodAddresses:
    """One address per pod, not in use by another; none of them leads anywhere."""

    def __init__(self) -> None:
        self._by_pod: dict[ObjectRef, str] = {}
        self._used: set[str] = set()

    def of(self, pod: ObjectRef, recorded: str = "") -> str:
        """The pod's address; ``recorded`` is what its status said before a restart."""
        known = self._by_pod.get(pod)
        if known is None:
            known = recorded or self._free(pod)
            self._by_pod[pod] = known
            self._used.add(known)
        return known

    def release(self, pod: ObjectRef) -> None:
        self._used.discard(self._by_pod.pop(pod, ""))

    def _free(self, pod: ObjectRef) -> str:
        size = _PODS.num_addresses - 2
        number = crc32(f"{pod.namespace}/{pod.name}".encode()) % size
        while (address := str(_PODS[number + 1])) in self._used:
            number = (number + 1) % size
        return address
