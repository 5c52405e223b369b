"""Containers: names, images, ports, variables, mounts, probes, resources."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from trueup.controlplane.validation.builtin.paths import NOT_NEGATIVE
from trueup.controlplane.validation.builtin.resources import requirements
from trueup.controlplane.validation.causes import (
    Cause,
    below,
    child,
    duplicate,
    each,
    forbidden,
    invalid,
    not_found,
    required,
    unsupported,
)
from trueup.objects import Manifest, names

PROTOCOLS = ("SCTP", "TCP", "UDP")
_PULL_POLICIES = ("Always", "IfNotPresent", "Never")
_TERMINATION = ("FallbackToLogsOnError", "File")
_HANDLERS = ("exec", "httpGet", "tcpSocket", "grpc", "sleep")
_SOURCES = ("fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef")
_COUNTS = (
    "initialDelaySeconds",
    "timeoutSeconds",
    "periodSeconds",
    "successThreshold",
    "failureThreshold",
)


def container_problems(
    containers: list[Manifest], volumes: set[str], path: str, taken: set[str]
) -> Iterator[Cause]:
    """What is wrong with a list of containers; ``taken`` are names that others have."""
    for at, container in enumerate(containers):
        place = below(path, at)
        yield from _container(container, volumes, place)
        name = str(container.get("name") or "")
        if name and name in taken:
            yield duplicate(child(place, "name"), name)
        taken.add(name)
    yield from _host_ports(containers, path)


def _container(container: Manifest, volumes: set[str], path: str) -> Iterator[Cause]:
    name = str(container.get("name") or "")
    if not name:
        yield required(child(path, "name"))
    else:
        yield from each(child(path, "name"), name, names.dns_label(name))
    if not container.get("image"):
        yield required(child(path, "image"))
    for field, values in (
        ("imagePullPolicy", _PULL_POLICIES),
        ("terminationMessagePolicy", _TERMINATION),
    ):
        said = container.get(field)
        if said and said not in values:
            yield unsupported(child(path, field), said, values)
    yield from _ports(container.get("ports") or [], child(path, "ports"))
    yield from _variables(container.get("env") or [], child(path, "env"))
    yield from _mounts(container.get("volumeMounts") or [], volumes, child(path, "volumeMounts"))
    yield from requirements(container.get("resources") or {}, child(path, "resources"))
    for field in ("livenessProbe", "readinessProbe", "startupProbe"):
        if container.get(field) is not None:
            yield from _probe(container[field], field, child(path, field))


# --- ports -------------------------------------------------------------------------------------


def port_number(port: int, path: str) -> Iterator[Cause]:
    if not 1 <= port <= 65535:
        yield invalid(path, port, "must be between 1 and 65535, inclusive")


def port_or_name(port: Any, path: str) -> Iterator[Cause]:
    """A port by its number, or by the name that a container gives it."""
    if isinstance(port, int):
        yield from port_number(port, path)
    else:
        yield from each(path, port, names.port_name(str(port)))


def _ports(ports: list[Manifest], path: str) -> Iterator[Cause]:
    taken: set[str] = set()
    for at, port in enumerate(ports):
        place, name = below(path, at), str(port.get("name") or "")
        problems = names.port_name(name) if name else []
        yield from each(child(place, "name"), name, problems)
        if name and not problems and name in taken:
            yield duplicate(child(place, "name"), name)
        taken.add(name)
        if not port.get("containerPort"):
            yield required(child(place, "containerPort"))
        else:
            yield from port_number(port["containerPort"], child(place, "containerPort"))
        if port.get("hostPort"):
            yield from port_number(port["hostPort"], child(place, "hostPort"))
        if port.get("protocol", "TCP") not in PROTOCOLS:
            yield unsupported(child(place, "protocol"), port["protocol"], PROTOCOLS)


def _host_ports(containers: list[Manifest], path: str) -> Iterator[Cause]:
    taken: set[str] = set()
    for at, container in enumerate(containers):
        for index, port in enumerate(container.get("ports") or ()):
            number = port.get("hostPort")
            key = f"{port.get('protocol', 'TCP')}/{port.get('hostIP', '')}/{number}"
            if number and key in taken:
                place = below(child(below(path, at), "ports"), index)
                yield duplicate(child(place, "hostPort"), key)
            taken.add(key)


# --- variables and mounts ----------------------------------------------------------------------


def _variables(variables: list[Manifest], path: str) -> Iterator[Cause]:
    for at, variable in enumerate(variables):
        place, name = below(path, at), str(variable.get("name") or "")
        if not name:
            yield required(child(place, "name"))
        else:
            yield from each(child(place, "name"), name, names.environment_name(name))
        if variable.get("valueFrom") is not None:
            yield from _value_from(variable, child(place, "valueFrom"))


def _value_from(variable: Manifest, path: str) -> Iterator[Cause]:
    said = variable["valueFrom"]
    sources = [name for name in _SOURCES if said.get(name) is not None]
    for name in ("configMapKeyRef", "secretKeyRef"):
        if name in sources and not said[name].get("key"):
            yield required(child(child(path, name), "key"))
    if not sources:
        listed = ", ".join(f"`{name}`" for name in _SOURCES[:-1])
        yield invalid(path, "", f"must specify one of: {listed} or `{_SOURCES[-1]}`")
    elif variable.get("value"):
        yield invalid(path, "", "may not be specified when `value` is not empty")
    elif len(sources) > 1:
        yield invalid(path, "", "may not have more than one field specified at a time")


def _mounts(mounts: list[Manifest], volumes: set[str], path: str) -> Iterator[Cause]:
    taken: set[str] = set()
    for at, mount in enumerate(mounts):
        place, name = below(path, at), str(mount.get("name") or "")
        where = str(mount.get("mountPath") or "")
        if not name:
            yield required(child(place, "name"))
        if name not in volumes:
            yield not_found(child(place, "name"), name)
        if not where:
            yield required(child(place, "mountPath"))
        if where in taken:
            yield invalid(child(place, "mountPath"), where, "must be unique")
        taken.add(where)
        sub_path = str(mount.get("subPath") or "")
        if sub_path.startswith("/"):
            yield invalid(child(path, "subPath"), sub_path, "must be a relative path")
        if ".." in sub_path.split("/"):
            yield invalid(child(path, "subPath"), sub_path, "must not contain '..'")


# --- probes ------------------------------------------------------------------------------------


def _probe(probe: Manifest, kind: str, path: str) -> Iterator[Cause]:
    handlers = [name for name in _HANDLERS if probe.get(name) is not None]
    if not handlers:
        yield required(path, "must specify a handler type")
    for name in handlers[1:]:
        yield forbidden(child(path, name), "may not specify more than 1 handler type")
    if handlers:
        yield from _handler(handlers[0], probe[handlers[0]], child(path, handlers[0]))
    for name in _COUNTS:
        if (probe.get(name) or 0) < 0:
            yield invalid(child(path, name), probe[name], NOT_NEGATIVE)
    threshold = probe.get("successThreshold", 1)
    if kind != "readinessProbe" and threshold != 1:
        yield invalid(child(path, "successThreshold"), threshold, "must be 1")


def _handler(kind: str, handler: Manifest, path: str) -> Iterator[Cause]:
    if kind == "exec" and not handler.get("command"):
        yield required(child(path, "command"))
    if kind in {"httpGet", "tcpSocket"}:
        yield from port_or_name(handler.get("port", 0), child(path, "port"))
    if kind == "httpGet" and handler.get("scheme", "HTTP") not in {"HTTP", "HTTPS"}:
        yield unsupported(child(path, "scheme"), handler["scheme"], ("HTTP", "HTTPS"))
