"""Containers of a pod, each by itself and with the others: resources, variables, ports."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from trueup.controlplane.validation.warnings.quantities import fractions
from trueup.objects import Manifest

Containers: TypeAlias = Sequence[tuple[str, Manifest]]
"""Each with its path."""

_SECCOMP = "container.seccomp.security.alpha.kubernetes.io/"
_APPARMOR = "container.apparmor.security.beta.kubernetes.io/"


def container_warnings(containers: Containers, place: str, template: Manifest) -> Iterator[str]:
    """``place`` is that of the annotations of ``template``."""
    annotations = (template.get("metadata") or {}).get("annotations") or {}
    for path, container in containers:
        yield from _profiles(container, place, annotations, is_pod="kind" in template)
        resources = container.get("resources") or {}
        for resource in ("memory", "ephemeral-storage"):
            for name in ("limits", "requests"):
                yield from fractions(f"{path}.resources.{name}", resources.get(name), resource)
        yield from _variables(f"{path}.env", container.get("env") or ())
    ports = [
        (f"{path}.ports[{at}]", port)
        for path, container in containers
        for at, port in enumerate(container.get("ports") or ())
    ]
    yield from _ports(ports)
    yield from _port_names(ports)


def _profiles(
    container: Manifest, place: str, annotations: Manifest, *, is_pod: bool
) -> Iterator[str]:
    name, context = container.get("name"), container.get("securityContext") or {}
    key = f"{_SECCOMP}{name}"
    if context.get("seccompProfile") is None and key in annotations:
        yield f'{place}[{key}]: non-functional in v1.27+; use the "seccompProfile" field instead'
    key = f"{_APPARMOR}{name}"
    if not is_pod and context.get("appArmorProfile") is None and key in annotations:
        yield f'{place}[{key}]: deprecated since v1.30; use the "appArmorProfile" field instead'


def _variables(path: str, variables: Sequence[Manifest]) -> Iterator[str]:
    """One that takes the place of an earlier one, unless it builds on that."""
    seen = set()
    for at, variable in enumerate(variables):
        name, value = variable.get("name"), variable.get("value") or ""
        earlier = f"$({name})"
        builds = "valueFrom" not in variable and earlier in value and value != earlier
        if name in seen and not builds:
            yield (
                f'{path}[{at}]: hides previous definition of "{name}",'
                " which may be dropped when using apply"
            )
        seen.add(name)


def _ports(ports: Containers) -> Iterator[str]:
    for at, (path, port) in enumerate(ports):
        for place, other in ports[:at]:
            if _number(port) == _number(other) and (word := _conflict(port, other)):
                yield f"{path}: {word} port definition with {place}"


def _number(port: Manifest) -> tuple[object, object]:
    return port.get("containerPort"), port.get("protocol")


def _conflict(port: Manifest, other: Manifest) -> str:
    one, two = port.get("hostPort") or 0, other.get("hostPort") or 0
    here, there = port.get("hostIP") or "", other.get("hostIP") or ""
    if (one, here) == (two, there):
        return "duplicate"
    if not one or not two:
        return "overlapping"
    return "dangerously ambiguous" if one == two and (not here or not there) else ""


def _port_names(ports: Containers) -> Iterator[str]:
    first: dict[str, str] = {}
    for path, port in ports:
        name = port.get("name")
        if not name:
            continue
        if name in first:
            yield (
                f'{path}: duplicate port name "{name}" with {first[name]}, services and probes'
                f" that select ports by name will use {first[name]}"
            )
        first.setdefault(name, path)
