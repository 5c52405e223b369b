"""Services."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from trueup.controlplane.validation.builtin.network import is_address
from trueup.controlplane.validation.builtin.paths import one_of
from trueup.controlplane.validation.builtin.ports import PROTOCOLS, port_number, port_or_name
from trueup.controlplane.validation.causes import (
    Cause,
    Struct,
    below,
    child,
    duplicate,
    each,
    forbidden,
    invalid,
    required,
    unsupported,
)
from trueup.controlplane.validation.metadata import validate_labels
from trueup.objects import Manifest, names
from trueup.schema.formats import FORMATS

_TYPES = ("ClusterIP", "ExternalName", "LoadBalancer", "NodePort")
_CHOICES = {
    "spec.type": _TYPES,
    "spec.sessionAffinity": ("ClientIP", "None"),
    "spec.externalTrafficPolicy": ("Cluster", "Local"),
    "spec.internalTrafficPolicy": ("Cluster", "Local"),
    "spec.ipFamilyPolicy": ("PreferDualStack", "RequireDualStack", "SingleStack"),
}
_ADDRESS = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"
_RANGE = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"
_ONE_DAY = 86400


def service(obj: Manifest) -> Iterator[Cause]:
    spec = obj["spec"]
    ports, headless = spec.get("ports") or [], spec.get("clusterIP") == "None"
    external = spec.get("type") == "ExternalName"
    if not ports and not headless and not external:
        yield required("spec.ports")
    yield from one_of(obj, _CHOICES)
    yield from _addresses(spec)
    yield from _exposure(spec)
    if external:
        name = str(spec.get("externalName") or "").removesuffix(".")
        if not name:
            yield required("spec.externalName")
        else:
            yield from each("spec.externalName", name, names.dns_subdomain(name))
    yield from validate_labels(spec.get("selector") or {}, "spec.selector")
    yield from _ports(ports)


def _addresses(spec: Manifest) -> Iterator[Cause]:
    for at, address in enumerate(spec.get("clusterIPs") or ()):
        if address not in {"None", ""} and not is_address(address):
            yield invalid(below("spec.clusterIPs", at), address, _ADDRESS)
    families = spec.get("ipFamilies") or []
    for at, family in enumerate(families):
        place = below("spec.ipFamilies", at)
        if family not in {"IPv4", "IPv6"}:
            yield unsupported(place, family, ("IPv4", "IPv6"))
        elif family in families[:at]:
            yield duplicate(place, family)
    for at, address in enumerate(spec.get("externalIPs") or ()):
        if not is_address(address):
            yield invalid(below("spec.externalIPs", at), address, _ADDRESS)
    for at, text in enumerate(spec.get("loadBalancerSourceRanges") or ()):
        if not FORMATS["cidr"](text):
            yield invalid(below("spec.LoadBalancerSourceRanges", at), text, _RANGE)


def _exposure(spec: Manifest) -> Iterator[Cause]:
    kind = spec.get("type", "ClusterIP")
    only = "may only be used when `type` is 'LoadBalancer'"
    if kind != "LoadBalancer" and spec.get("loadBalancerSourceRanges"):
        yield forbidden("spec.LoadBalancerSourceRanges", only)
    balancer = spec.get("loadBalancerClass")
    if balancer is not None and kind != "LoadBalancer":
        yield forbidden("spec.loadBalancerClass", only)
    elif balancer is not None:
        yield from each("spec.loadBalancerClass", balancer, names.qualified_name(balancer))
    for at, port in enumerate(spec.get("ports") or ()):
        if kind == "ClusterIP" and port.get("nodePort"):
            detail = "may not be used when `type` is 'ClusterIP'"
            yield forbidden(child(below("spec.ports", at), "nodePort"), detail)
    if kind in {"ClusterIP", "ExternalName"} and spec.get("externalTrafficPolicy") == "Local":
        detail = "may only be set for externally-accessible services"
        yield invalid("spec.externalTrafficPolicy", "Local", detail)
    client = (spec.get("sessionAffinityConfig") or {}).get("clientIP") or {}
    seconds = client.get("timeoutSeconds")
    if seconds is not None and not 0 < seconds <= _ONE_DAY:
        detail = f"must be greater than 0 and less than {_ONE_DAY}"
        yield invalid("spec.sessionAffinityConfig.clientIP.timeoutSeconds", seconds, detail)


def service_changes(new: Manifest, old: Manifest) -> Iterator[Cause]:
    """An address stays for as long as the service has one."""
    mine, was = new["spec"], old["spec"]
    kinds = {mine.get("type", "ClusterIP"), was.get("type", "ClusterIP")}
    before = was.get("clusterIP") or ""
    if "ExternalName" in kinds or not before:
        return
    if (mine.get("clusterIP") or "") != before:
        shown = mine.get("clusterIPs") or [mine.get("clusterIP")]
        yield invalid("spec.clusterIPs[0]", shown, "may not change once set")


def _ports(ports: list[Manifest]) -> Iterator[Cause]:
    taken: set[str] = set()
    seen: set[tuple[str, Any]] = set()
    node_ports: set[tuple[str, Any]] = set()
    for at, port in enumerate(ports):
        place, name = below("spec.ports", at), str(port.get("name") or "")
        if len(ports) > 1 and not name:
            yield required(child(place, "name"))
        elif name:
            yield from each(child(place, "name"), name, names.dns_label(name))
            if name in taken:
                yield duplicate(child(place, "name"), name)
            taken.add(name)
        yield from _port(port, place)
        protocol = port.get("protocol", "TCP")
        key = (protocol, port.get("port"))
        if key in seen:
            yield duplicate(place, _identity(port))
        seen.add(key)
        node_key = (protocol, port.get("nodePort"))
        if port.get("nodePort") and node_key in node_ports:
            yield duplicate(child(place, "nodePort"), port["nodePort"])
        node_ports.add(node_key)


def _identity(port: Manifest) -> Struct:
    return Struct(
        {
            "Name": "",
            "Protocol": port.get("protocol", "TCP"),
            "AppProtocol": None,
            "Port": port.get("port"),
            "TargetPort": 0,
            "NodePort": 0,
        }
    )


def _port(port: Manifest, path: str) -> Iterator[Cause]:
    number, protocol = port.get("port") or 0, port.get("protocol", "TCP")
    yield from port_number(number, child(path, "port"))
    if protocol not in PROTOCOLS:
        yield unsupported(child(path, "protocol"), protocol, PROTOCOLS)
    application = port.get("appProtocol")
    if application is not None:
        place = child(path, "appProtocol")
        yield from each(place, application, names.qualified_name(application))
    yield from port_or_name(port.get("targetPort", number), child(path, "targetPort"))
