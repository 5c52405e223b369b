"""Ingresses and network policies."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from trueup.controlplane.validation.builtin.ports import PROTOCOLS, port_number, port_or_name
from trueup.controlplane.validation.builtin.selectors import selector_problems
from trueup.controlplane.validation.causes import (
    Cause,
    below,
    child,
    duplicate,
    each,
    forbidden,
    invalid,
    required,
    unsupported,
)
from trueup.objects import Manifest, names

_PATH_TYPES = ("Exact", "ImplementationSpecific", "Prefix")
_IN_PATHS = ("//", "/./", "/../", "%2f", "%2F")
_AT_END = ("/..", "/.")
_PROTOCOLS = ("TCP", "UDP", "SCTP")
NO_ADDRESS = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"
NO_NETWORK = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"


def ingress(obj: Manifest) -> Iterator[Cause]:
    spec = obj.get("spec") or {}
    rules, default = spec.get("rules") or [], spec.get("defaultBackend")
    if not rules and default is None:
        detail = "either `defaultBackend` or `rules` must be specified"
        yield invalid("spec", None, detail)
    if default is not None:
        yield from _backend(default, "spec.defaultBackend")
    for at, rule in enumerate(rules):
        yield from _rule(rule, below("spec.rules", at))
    for at, tls in enumerate(spec.get("tls") or ()):
        for index, host in enumerate(tls.get("hosts") or ()):
            place = below(child(below("spec.tls", at), "hosts"), index)
            yield from each(place, host, _domain(host))


def _domain(host: str) -> list[str]:
    return names.wildcard_subdomain(host) if "*" in host else names.dns_subdomain(host)


def is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _rule(rule: Manifest, path: str) -> Iterator[Cause]:
    host, http = str(rule.get("host") or ""), rule.get("http")
    if host and is_address(host):
        yield invalid(child(path, "host"), host, "must be a DNS name, not an IP address")
    elif host:
        yield from each(child(path, "host"), host, _domain(host))
    if http is None:
        return
    place = child(path, "http.paths")
    if not http.get("paths"):
        yield required(place)
    for at, one in enumerate(http.get("paths") or ()):
        yield from _path(one, below(place, at))


def _path(one: Manifest, path: str) -> Iterator[Cause]:
    kind, text, place = one.get("pathType"), str(one.get("path") or ""), child(path, "path")
    if kind is None:
        yield required(child(path, "pathType"), "pathType must be specified")
        return
    if kind not in _PATH_TYPES:
        yield unsupported(child(path, "pathType"), kind, _PATH_TYPES)
    elif kind != "ImplementationSpecific" or text:
        if not text.startswith("/"):
            yield invalid(place, text, "must be an absolute path")
        elif kind != "ImplementationSpecific":
            for part in _IN_PATHS:
                if part in text:
                    yield invalid(place, text, f"must not contain '{part}'")
            for end in _AT_END:
                if text.endswith(end):
                    yield invalid(place, text, f"cannot end with '{end}'")
    yield from _backend(one.get("backend") or {}, child(path, "backend"))


def _backend(backend: Manifest, path: str) -> Iterator[Cause]:
    service, resource = backend.get("service"), backend.get("resource")
    if service is not None and resource is not None:
        yield invalid(path, "", "cannot set both resource and service backends")
    elif service is None and resource is None:
        yield invalid(path, "", "resource or service backend is required")
    elif service is not None:
        yield from _service_backend(service, path)


def _service_backend(service: Manifest, path: str) -> Iterator[Cause]:
    name, port, place = (
        str(service.get("name") or ""),
        service.get("port") or {},
        child(path, "service"),
    )
    if not name:
        yield required(child(place, "name"))
    else:
        yield from each(child(place, "name"), name, names.dns_label(name))
    if port.get("name") and port.get("number"):
        yield invalid(path, "", "cannot set both port name & port number")
    elif port.get("name"):
        yield from each(child(place, "port.name"), port["name"], names.port_name(port["name"]))
    elif port.get("number"):
        yield from port_number(port["number"], child(place, "port.number"))
    else:
        yield required(path, "port name or number is required")


# --- network policies --------------------------------------------------------------------------


def network_policy(obj: Manifest) -> Iterator[Cause]:
    spec = obj.get("spec") or {}
    yield from selector_problems(spec.get("podSelector") or {}, "spec.podSelector")
    for direction, peers in (("ingress", "from"), ("egress", "to")):
        for at, rule in enumerate(spec.get(direction) or ()):
            place = below(child("spec", direction), at)
            for index, port in enumerate(rule.get("ports") or ()):
                yield from _policy_port(port, below(child(place, "ports"), index))
            for index, peer in enumerate(rule.get(peers) or ()):
                yield from _peer(peer, below(child(place, peers), index))
    for at, kind in enumerate(spec.get("policyTypes") or ()):
        if kind not in {"Ingress", "Egress"}:
            yield unsupported(below("spec.policyTypes", at), kind, ("Ingress", "Egress"))


def _policy_port(port: Manifest, path: str) -> Iterator[Cause]:
    protocol, number, last = port.get("protocol", "TCP"), port.get("port"), port.get("endPort")
    if protocol not in _PROTOCOLS:
        yield unsupported(child(path, "protocol"), protocol, _PROTOCOLS)
    if number is not None:
        yield from port_or_name(number, child(path, "port"))
    if last is None:
        return
    place = child(path, "endPort")
    if number is None:
        yield invalid(place, last, "may not be specified when `port` is not specified")
    elif isinstance(number, str):
        yield invalid(place, last, "may not be specified when `port` is non-numeric")
    elif last < number:
        yield invalid(place, last, "must be greater than or equal to `port`")


def _peer(peer: Manifest, path: str) -> Iterator[Cause]:
    said = {
        name
        for name in ("ipBlock", "podSelector", "namespaceSelector")
        if peer.get(name) is not None
    }
    for name in ("podSelector", "namespaceSelector"):
        yield from selector_problems(peer.get(name) or {}, child(path, name))
    if "ipBlock" in said:
        yield from _block(peer["ipBlock"], child(path, "ipBlock"))
    if not said:
        yield required(path, "must specify a peer")
    elif "ipBlock" in said and len(said) > 1:
        yield forbidden(path, "may not specify both ipBlock and another peer")


def _block(block: Manifest, path: str) -> Iterator[Cause]:
    text = str(block.get("cidr") or "")
    whole = _network(text)
    if not text:
        yield required(child(path, "cidr"))
    elif whole is None:
        yield invalid(child(path, "cidr"), text, NO_NETWORK)
    for at, said in enumerate(block.get("except") or ()):
        place, part = below(child(path, "except"), at), _network(said)
        if part is None:
            yield invalid(place, said, NO_NETWORK)
        elif whole is not None and not _is_part(part, whole):
            yield invalid(place, said, "must be a strict subset of `cidr`")


_Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def _network(text: str) -> _Network | None:
    if "/" not in text:
        return None
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


def _is_part(part: _Network, whole: _Network) -> bool:
    if isinstance(part, ipaddress.IPv4Network) and isinstance(whole, ipaddress.IPv4Network):
        return part != whole and part.subnet_of(whole)
    if isinstance(part, ipaddress.IPv6Network) and isinstance(whole, ipaddress.IPv6Network):
        return part != whole and part.subnet_of(whole)
    return False


def ingress_class(obj: Manifest) -> Iterator[Cause]:
    spec = obj.get("spec") or {}
    if not spec.get("controller"):
        yield required("spec.controller")
    reference = spec.get("parameters")
    missing = [] if reference is None else [n for n in ("kind", "name") if not reference.get(n)]
    yield from (required(child("spec.parameters", name)) for name in missing)


def endpoint_slice(obj: Manifest) -> Iterator[Cause]:
    kind, kinds = obj.get("addressType") or "", ("FQDN", "IPv4", "IPv6")
    if not kind:
        yield required("addressType")
    elif kind not in kinds:
        yield unsupported("addressType", kind, kinds)
    for at, endpoint in enumerate(obj.get("endpoints") or ()):
        yield from _endpoint(endpoint, kind, below("endpoints", at))
    taken: set[str] = set()
    for at, port in enumerate(obj.get("ports") or ()):
        place, name = below("ports", at), str(port.get("name") or "")
        if name:
            yield from each(child(place, "name"), name, names.dns_label(name))
        if name in taken:
            yield duplicate(child(place, "name"), name)
        taken.add(name)
        if port.get("protocol", "TCP") not in PROTOCOLS:
            yield unsupported(child(place, "protocol"), port["protocol"], PROTOCOLS)


def _endpoint(endpoint: Manifest, kind: str, path: str) -> Iterator[Cause]:
    if not endpoint.get("addresses"):
        yield required(child(path, "addresses"))
    for at, address in enumerate(endpoint.get("addresses") or ()):
        if kind in {"IPv4", "IPv6"} and not is_address(address):
            yield invalid(below(child(path, "addresses"), at), address, NO_ADDRESS)
    hostname = endpoint.get("hostname")
    if hostname is not None:
        yield from each(child(path, "hostname"), hostname, names.dns_label(hostname))
