"""The ports of Services."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from trueup.controlplane.validation.builtin.ports import PROTOCOLS, port_number, port_or_name
from trueup.controlplane.validation.causes import (
    Cause,
    Struct,
    below,
    child,
    duplicate,
    each,
    forbidden,
    required,
    unsupported,
)
from trueup.objects import Manifest, names


def port_problems(spec: Manifest) -> Iterator[Cause]:
    ports = spec.get("ports") or []
    yield from _ports(ports)
    for at, port in enumerate(ports):
        if spec.get("type") == "ClusterIP" and port.get("nodePort"):
            detail = "may not be used when `type` is 'ClusterIP'"
            yield forbidden(child(below("spec.ports", at), "nodePort"), detail)


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
