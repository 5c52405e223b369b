"""Addresses and ports of Services: which a Service needs, and who has which.

The cluster is of one address family, IPv4. Unlike kube-apiserver, which picks at random, the next
free address or port is given, so that runs can be repeated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from ipaddress import IPv4Address, IPv4Network
from typing import Any, Protocol

from trueup.errors import Invalid
from trueup.objects import Manifest

FAMILY = "IPv4"
_EXPOSED = ("NodePort", "LoadBalancer")


class ServiceAllocator(Protocol):
    """Who has which cluster address and node port; each call takes what it returns."""

    def address(self, wanted: str, owner: str) -> str: ...

    def port(self, wanted: int, owner: str) -> int: ...


class ServiceAllocations:
    """Takes addresses and ports, and learns of those in use from the Services themselves."""

    def __init__(self, network: str = "10.96.0.0/16", ports: range = range(30000, 32768)) -> None:
        hosts = IPv4Network(network)
        first = int(hosts.network_address)
        usable = range(first + 1, first + hosts.num_addresses - 1)
        self._addresses = _Pool(usable, lambda number: str(IPv4Address(number)))
        self._ports = _Pool(ports, int)

    def address(self, wanted: str, owner: str) -> str:
        return str(self._addresses.take(wanted, owner))

    def port(self, wanted: int, owner: str) -> int:
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


class _Pool:
    """A range of numbers as values of some other form, each with at most one owner."""

    def __init__(self, numbers: range, value: Callable[[int], Any]) -> None:
        self._numbers = numbers
        self._value = value
        self._owners: dict[Any, str] = {}
        self._held: dict[str, set[Any]] = {}
        self._next = 0

    def take(self, wanted: Any, owner: str) -> Any:
        """``wanted``, or the next free value if it is empty; Invalid if there is none."""
        if not wanted:
            wanted = self._free()
        elif self._owners.get(wanted, owner) != owner:
            raise Invalid(f"{wanted} is already allocated")
        self._owners[wanted] = owner
        self._held.setdefault(owner, set()).add(wanted)
        return wanted

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
        raise Invalid("range is full")


def allocate(service: Manifest, allocator: ServiceAllocator, old: Manifest | None = None) -> None:
    """Give ``service`` the families, addresses and ports that its type needs, in place."""
    spec = service["spec"]
    if spec["type"] == "ExternalName":
        _release(spec)
        return
    _sync_addresses(spec)
    _set_families(spec, (old or {}).get("spec") or {})
    owner = service["metadata"].get("uid", "")
    try:
        _set_address(spec, allocator, owner)
        _set_ports(spec, allocator, owner)
    except Invalid as error:
        raise _invalid(service, error.cause) from error


def keep_allocated(new: Manifest, old: Manifest) -> None:
    """Take over from the live Service what an update leaves out though it still needs it."""
    spec, was = new["spec"], old.get("spec") or {}
    if "ExternalName" not in (spec["type"], was.get("type")):
        for field in ("clusterIP", "clusterIPs", "ipFamilyPolicy", "ipFamilies"):
            if not spec.get(field) and was.get(field):
                spec[field] = was[field]
    if spec["type"] in _EXPOSED and was.get("type") in _EXPOSED:
        _keep_ports(spec.get("ports") or (), was.get("ports") or ())
    if _needs_health_check(spec) and _needs_health_check(was):
        spec.setdefault("healthCheckNodePort", was.get("healthCheckNodePort", 0))


def _keep_ports(ports: Iterable[Manifest], old: Iterable[Manifest]) -> None:
    known = {port.get("name", ""): port.get("nodePort", 0) for port in old}
    taken = {port["nodePort"] for port in ports if port.get("nodePort")}
    for port in ports:
        before = known.get(port.get("name", ""))
        if not port.get("nodePort") and before and before not in taken:
            port["nodePort"] = before


def _release(spec: Manifest) -> None:
    for field in ("clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"):
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


def _set_address(spec: Manifest, allocator: ServiceAllocator, owner: str) -> None:
    if spec.get("clusterIP") == "None":
        return
    spec["clusterIP"] = allocator.address(spec.get("clusterIP") or "", owner)
    spec["clusterIPs"] = [spec["clusterIP"], *(spec.get("clusterIPs") or ())[1:]]


def _set_ports(spec: Manifest, allocator: ServiceAllocator, owner: str) -> None:
    if spec["type"] not in _EXPOSED or spec.get("allocateLoadBalancerNodePorts") is False:
        wanting = [port for port in spec.get("ports") or () if port.get("nodePort")]
    else:
        wanting = spec.get("ports") or []
    if spec["type"] not in _EXPOSED:
        for port in wanting:
            del port["nodePort"]
        return
    shared: dict[tuple[int, str], int] = {}
    for port in wanting:
        _set_port(port, allocator, owner, shared)
    if _needs_health_check(spec):
        wanted = spec.get("healthCheckNodePort") or 0
        spec["healthCheckNodePort"] = allocator.port(wanted, owner)


def _set_port(
    port: Manifest, allocator: ServiceAllocator, owner: str, shared: dict[tuple[int, str], int]
) -> None:
    """One port number served over two protocols gets one node port."""
    number, protocol = port.get("port", 0), port["protocol"]
    twin = next((n for (p, other), n in shared.items() if p == number and other != protocol), 0)
    port["nodePort"] = allocator.port(port.get("nodePort") or twin, owner)
    shared[number, protocol] = port["nodePort"]


def _needs_health_check(spec: Manifest) -> bool:
    return spec.get("type") == "LoadBalancer" and spec.get("externalTrafficPolicy") == "Local"


def _node_ports(spec: Manifest) -> list[int]:
    ports = [port["nodePort"] for port in spec.get("ports") or () if port.get("nodePort")]
    health = spec.get("healthCheckNodePort")
    return [*ports, health] if health else ports


def _invalid(service: Manifest, cause: str) -> Invalid:
    name = service["metadata"].get("name", "")
    field = "spec.clusterIPs" if "." in cause.split(" ", 1)[0] else "spec.ports.nodePort"
    message = f"{field}: Invalid value: {cause}"
    return Invalid(
        f'Service "{name}" is invalid: {message}',
        details={
            "name": name,
            "kind": "Service",
            "causes": [{"reason": "FieldValueInvalid", "message": cause, "field": field}],
        },
    )
