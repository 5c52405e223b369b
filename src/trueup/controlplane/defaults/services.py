"""Addresses and ports of Services: which a Service needs, and who has which.

The cluster is of one address family, IPv4. Unlike kube-apiserver, which picks at random, the next
free address or port is given, so that runs can be repeated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from ipaddress import IPv4Address, IPv4Network
from typing import Any, Protocol

from trueup.controlplane.defaults.service_changes import EXPOSED, needs_health_check
from trueup.controlplane.validation.causes import Cause, below, child, invalid
from trueup.errors import Invalid
from trueup.objects import Manifest

FAMILY = "IPv4"


class ServiceAllocator(Protocol):
    """Who has which cluster address and node port; each call takes what it returns."""

    def address(self, wanted: str, owner: str) -> str: ...

    def port(self, wanted: int, owner: str) -> int: ...


class RefusedError(Exception):
    """An address or a port that cannot be had; the message says why."""


class ServiceAllocations:
    """Takes addresses and ports, and learns of those in use from the Services themselves."""

    def __init__(self, network: str = "10.96.0.0/16", ports: range = range(30000, 32768)) -> None:
        self._network, self._range = IPv4Network(network), ports
        first = int(self._network.network_address)
        usable = range(first + 1, first + self._network.num_addresses - 1)
        self._addresses = _Pool(usable, lambda number: str(IPv4Address(number)))
        self._ports = _Pool(ports, int)

    def address(self, wanted: str, owner: str) -> str:
        """``wanted``, or the next free one where that is empty; RefusedError."""
        if wanted and not self._is_usable(wanted):
            raise RefusedError("the provided network does not match the current range")
        if self._addresses.is_taken(wanted, owner):
            raise RefusedError("provided IP is already allocated")
        return str(self._addresses.take(wanted, owner))

    def port(self, wanted: int, owner: str) -> int:
        """``wanted``, or the next free one where that is 0; RefusedError."""
        if wanted and wanted not in self._range:
            valid = f"{self._range.start}-{self._range.stop - 1}"
            text = f"provided port is not in the valid range. The range of valid ports is {valid}"
            raise RefusedError(text)
        if self._ports.is_taken(wanted, owner):
            raise RefusedError("provided port is already allocated")
        return int(self._ports.take(wanted, owner))

    def observe(self, service: Manifest) -> None:
        """``service`` is stored: what it holds is taken, what it held before is free."""
        owner, spec = service["metadata"]["uid"], service.get("spec") or {}
        addresses = [ip for ip in spec.get("clusterIPs") or () if ip != "None"]
        self._addresses.set(owner, addresses)
        self._ports.set(owner, _node_ports(spec))

    def forget(self, service: Manifest) -> None:
        """``service`` was removed."""
        owner = service["metadata"]["uid"]
        self._addresses.set(owner, ())
        self._ports.set(owner, ())

    def _is_usable(self, address: str) -> bool:
        found = IPv4Address(address)
        edges = (self._network.network_address, self._network.broadcast_address)
        return found in self._network and found not in edges


class _Pool:
    """A range of numbers as values of some other form, each with at most one owner."""

    def __init__(self, numbers: range, value: Callable[[int], Any]) -> None:
        self._numbers = numbers
        self._value = value
        self._owners: dict[Any, str] = {}
        self._held: dict[str, set[Any]] = {}
        self._next = 0

    def is_taken(self, value: Any, owner: str) -> bool:
        return self._owners.get(value, owner) != owner

    def take(self, wanted: Any, owner: str) -> Any:
        """``wanted``, or the next free value if it is empty; RefusedError if there is none."""
        taken = wanted or self._free()
        self._owners[taken] = owner
        self._held.setdefault(owner, set()).add(taken)
        return taken

    def set(self, owner: str, values: Iterable[Any]) -> None:
        for value in self._held.pop(owner, ()):
            if self._owners.get(value) == owner:
                del self._owners[value]
        for value in values:
            self._owners[value] = owner
            self._held.setdefault(owner, set()).add(value)

    def _free(self) -> Any:
        for _ in self._numbers:
            value = self._value(self._numbers[self._next])
            self._next = (self._next + 1) % len(self._numbers)
            if value not in self._owners:
                return value
        raise RefusedError("range is full")


def allocate(service: Manifest, allocator: ServiceAllocator, old: Manifest | None = None) -> None:
    """Give ``service`` the families, addresses and ports that its type needs, in place.

    Invalid if it wants what it cannot have; what is malformed is left to validation.
    """
    spec = service["spec"]
    was = (old or {}).get("spec") or {}
    if spec["type"] == "ExternalName":
        _release(spec, was)
        _sync_addresses(spec)
        return
    _sync_addresses(spec)
    before = was.get("clusterIP")
    if before and spec.get("clusterIP") != before:
        return  # validation says that an address stays
    if cause := _unserved_family(spec):
        raise _invalid(service, cause)
    _set_families(spec, was)
    owner = service["metadata"].get("uid", "")
    if cause := _set_address(spec, allocator, owner) or _set_ports(spec, allocator, owner):
        raise _invalid(service, cause)


def _unserved_family(spec: Manifest) -> Cause | None:
    """What is asked of a family, or of two, though the cluster is of one."""
    headless = spec.get("clusterIP") == "None" and not spec.get("selector")
    if headless:
        return None
    if spec.get("ipFamilyPolicy") == "RequireDualStack":
        detail = "this cluster is not configured for dual-stack services"
        return invalid("spec.ipFamilyPolicy", "RequireDualStack", detail)
    for at, family in enumerate(spec.get("ipFamilies") or ()):
        if family == "IPv6":
            place = below("spec.ipFamilies", at)
            return invalid(place, family, "not configured on this cluster")
    return None


def _release(spec: Manifest, was: Manifest) -> None:
    """What was given to the service goes; what it asks for by itself validation refuses."""
    spec.pop("internalTrafficPolicy", None)
    for field in ("clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"):
        if was.get("type") != "ExternalName" and spec.get(field) == was.get(field):
            spec.pop(field, None)


def _sync_addresses(spec: Manifest) -> None:
    """``clusterIP`` and the first of ``clusterIPs`` are one thing said twice."""
    if spec.get("clusterIP") and not spec.get("clusterIPs"):
        spec["clusterIPs"] = [spec["clusterIP"]]
    elif spec.get("clusterIPs") and not spec.get("clusterIP"):
        spec["clusterIP"] = spec["clusterIPs"][0]


def _set_families(spec: Manifest, was: Manifest) -> None:
    unselective_headless = spec.get("clusterIP") == "None" and not spec.get("selector")
    policy = "RequireDualStack" if unselective_headless else "SingleStack"
    spec.setdefault("ipFamilyPolicy", was.get("ipFamilyPolicy") or policy)
    families = spec.get("ipFamilies") or [FAMILY]
    if unselective_headless and len(families) < 2 and spec["ipFamilyPolicy"] != "SingleStack":
        families = [families[0], "IPv6" if families[0] == FAMILY else FAMILY]
    spec["ipFamilies"] = families


def _set_address(spec: Manifest, allocator: ServiceAllocator, owner: str) -> Cause | None:
    wanted = spec.get("clusterIP") or ""
    if wanted == "None" or not _is_address(wanted):
        return None
    try:
        spec["clusterIP"] = allocator.address(wanted, owner)
    except RefusedError as error:
        detail = f"failed to allocate IP {wanted}: {error}"
        return invalid("spec.clusterIPs", spec.get("clusterIPs"), detail)
    spec["clusterIPs"] = [spec["clusterIP"], *(spec.get("clusterIPs") or ())[1:]]
    return None


def _is_address(text: str) -> bool:
    try:
        return not text or bool(IPv4Address(text))
    except ValueError:
        return False


def _set_ports(spec: Manifest, allocator: ServiceAllocator, owner: str) -> Cause | None:
    if spec["type"] not in EXPOSED:
        return None
    ports = list(enumerate(spec.get("ports") or ()))
    if spec.get("allocateLoadBalancerNodePorts") is False:
        ports = [(at, port) for at, port in ports if port.get("nodePort")]
    shared: dict[tuple[int, str], int] = {}
    for at, port in ports:
        try:
            _set_port(port, allocator, owner, shared)
        except RefusedError as error:
            place = child(below("spec.ports", at), "nodePort")
            return invalid(place, port.get("nodePort") or 0, str(error))
    return _set_health_check(spec, allocator, owner)


def _set_health_check(spec: Manifest, allocator: ServiceAllocator, owner: str) -> Cause | None:
    if not needs_health_check(spec):
        return None
    wanted = spec.get("healthCheckNodePort") or 0
    try:
        spec["healthCheckNodePort"] = allocator.port(wanted, owner)
    except RefusedError as error:
        detail = f"failed to allocate requested HealthCheck NodePort {wanted}: {error}"
        return invalid("spec.healthCheckNodePort", wanted, detail)
    return None


def _set_port(
    port: Manifest, allocator: ServiceAllocator, owner: str, shared: dict[tuple[int, str], int]
) -> None:
    """One port number served over two protocols gets one node port."""
    number, protocol = port.get("port", 0), port["protocol"]
    twin = next((n for (p, other), n in shared.items() if p == number and other != protocol), 0)
    port["nodePort"] = allocator.port(port.get("nodePort") or twin, owner)
    shared[number, protocol] = port["nodePort"]


def _node_ports(spec: Manifest) -> list[int]:
    ports = [port["nodePort"] for port in spec.get("ports") or () if port.get("nodePort")]
    health = spec.get("healthCheckNodePort")
    return [*ports, health] if health else ports


def _invalid(service: Manifest, cause: Cause) -> Invalid:
    name = service["metadata"].get("name", "")
    return Invalid(
        f'Service "{name}" is invalid: {cause["field"]}: {cause["message"]}',
        details={"name": name, "kind": "Service", "causes": [cause]},
    )
