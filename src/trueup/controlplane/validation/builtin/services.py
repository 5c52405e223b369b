"""Services."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from trueup.controlplane.validation.builtin.containers import (
    PROTOCOLS,
    port_number,
    port_or_name,
)
from trueup.controlplane.validation.builtin.paths import one_of
from trueup.controlplane.validation.causes import (
    Cause,
    Struct,
    below,
    child,
    duplicate,
    each,
    invalid,
    required,
    unsupported,
)
from trueup.controlplane.validation.metadata import validate_labels
from trueup.objects import Manifest, names

_TYPES = ("ClusterIP", "ExternalName", "LoadBalancer", "NodePort")


def service(obj: Manifest) -> Iterator[Cause]:
    spec = obj["spec"]
    ports, headless = spec.get("ports") or [], spec.get("clusterIP") == "None"
    external = spec.get("type") == "ExternalName"
    if not ports and not headless and not external:
        yield required("spec.ports")
    yield from one_of(obj, {"spec.type": _TYPES, "spec.sessionAffinity": ("ClientIP", "None")})
    if external:
        name = str(spec.get("externalName") or "").removesuffix(".")
        if not name:
            yield required("spec.externalName")
        else:
            yield from each("spec.externalName", name, names.dns_subdomain(name))
    yield from validate_labels(spec.get("selector") or {}, "spec.selector")
    yield from _ports(ports)


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
            yield duplicate(child(place, "nodePort"), _identity(port))
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
    yield from port_or_name(port.get("targetPort", number), child(path, "targetPort"))
