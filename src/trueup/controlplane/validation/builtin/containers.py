"""Containers: names, images, ports, variables, mounts, probes, resources."""

from __future__ import annotations

from collections.abc import Iterator

from trueup.controlplane.validation.builtin.paths import NOT_NEGATIVE
from trueup.controlplane.validation.builtin.ports import PROTOCOLS, port_number, port_or_name
from trueup.controlplane.validation.builtin.resources import requirements
from trueup.controlplane.validation.builtin.security import context_problems
from trueup.controlplane.validation.builtin.volumes import relative_path
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

_PULL_POLICIES = ("Always", "IfNotPresent", "Never")
_TERMINATION = ("File", "FallbackToLogsOnError")
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
    yield from _all_of(container.get("envFrom") or [], child(path, "envFrom"))
    yield from _mounts(container.get("volumeMounts") or [], volumes, child(path, "volumeMounts"))
    yield from requirements(container.get("resources") or {}, child(path, "resources"))
    context = container.get("securityContext") or {}
    yield from context_problems(context, child(path, "securityContext"))
    for field in ("postStart", "preStop"):
        hook = (container.get("lifecycle") or {}).get(field)
        if hook is not None:
            yield from _one_handler(hook, child(path, f"lifecycle.{field}"))
    for field in ("livenessProbe", "readinessProbe", "startupProbe"):
        if container.get(field) is not None:
            yield from _probe(container[field], field, child(path, field))


# --- ports -------------------------------------------------------------------------------------


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
        if name in sources:
            yield from _key(said[name], child(path, name))
    for name, field in (("fieldRef", "fieldPath"), ("resourceFieldRef", "resource")):
        if name in sources and not said[name].get(field):
            yield required(child(child(path, name), field))
    if not sources:
        listed = ", ".join(f"`{name}`" for name in _SOURCES[:-1])
        yield invalid(path, "", f"must specify one of: {listed} or `{_SOURCES[-1]}`")
    elif variable.get("value"):
        yield invalid(path, "", "may not be specified when `value` is not empty")
    elif len(sources) > 1:
        yield invalid(path, "", "may not have more than one field specified at a time")


def _key(reference: Manifest, path: str) -> Iterator[Cause]:
    name, key = str(reference.get("name") or ""), str(reference.get("key") or "")
    yield from each(child(path, "name"), name, names.dns_subdomain(name))
    if not key:
        yield required(child(path, "key"))
    else:
        yield from each(child(path, "key"), key, names.config_key(key))


def _all_of(sources: list[Manifest], path: str) -> Iterator[Cause]:
    """``envFrom``: everything in a ConfigMap or Secret."""
    for at, source in enumerate(sources):
        said = [n for n in ("configMapRef", "secretRef") if source.get(n) is not None]
        for name in said:
            if not source[name].get("name"):
                yield required(child(child(below(path, at), name), "name"))
        if not said:
            yield invalid(path, "", "must specify one of: `configMapRef` or `secretRef`")
        elif len(said) > 1:
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
        yield from relative_path(str(mount.get("subPath") or ""), child(path, "subPath"))


# --- probes ------------------------------------------------------------------------------------


def _probe(probe: Manifest, kind: str, path: str) -> Iterator[Cause]:
    yield from _one_handler(probe, path)
    for name in _COUNTS:
        if (probe.get(name) or 0) < 0:
            yield invalid(child(path, name), probe[name], NOT_NEGATIVE)
    threshold = probe.get("successThreshold", 1)
    if kind != "readinessProbe" and threshold != 1:
        yield invalid(child(path, "successThreshold"), threshold, "must be 1")


def _one_handler(place: Manifest, path: str) -> Iterator[Cause]:
    handlers = [name for name in _HANDLERS if place.get(name) is not None]
    if not handlers:
        yield required(path, "must specify a handler type")
    for name in handlers[1:]:
        yield forbidden(child(path, name), "may not specify more than 1 handler type")
    if handlers:
        yield from _handler(handlers[0], place[handlers[0]], child(path, handlers[0]))


def _handler(kind: str, handler: Manifest, path: str) -> Iterator[Cause]:
    if kind == "exec" and not handler.get("command"):
        yield required(child(path, "command"))
    if kind in {"httpGet", "tcpSocket"}:
        yield from port_or_name(handler.get("port", 0), child(path, "port"))
    for header in handler.get("httpHeaders") or ():
        name = str(header.get("name") or "")
        yield from each(child(path, "httpHeaders"), name, names.http_header(name))
    if kind == "httpGet" and handler.get("scheme", "HTTP") not in {"HTTP", "HTTPS"}:
        yield unsupported(child(path, "scheme"), handler["scheme"], ("HTTP", "HTTPS"))
