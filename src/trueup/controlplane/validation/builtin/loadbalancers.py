"""What a load balancer may say of the points where it lets traffic in."""

from __future__ import annotations

from collections.abc import Iterator

from trueup.controlplane.validation.builtin.network import NO_ADDRESS, is_address
from trueup.controlplane.validation.causes import (
    Cause,
    child,
    each,
    forbidden,
    invalid,
    required,
    unsupported,
)
from trueup.objects import Manifest, names

_POINTS = "status.loadBalancer.ingress"
_MODES = ("Proxy", "VIP")


def of_service(new: Manifest, old: Manifest) -> Iterator[Cause]:
    points = _points(new)
    if points and (new.get("spec") or {}).get("type") != "LoadBalancer":
        yield forbidden(_POINTS, "may only be used when `spec.type` is 'LoadBalancer'")
        return
    known = {point.get("ip") for point in _points(old)}
    for at, point in enumerate(points):
        path = f"{_POINTS}[{at}]"
        yield from _address(path, point, known)
        yield from _mode(path, point)
        yield from _host(path, point)


def of_ingress(new: Manifest, old: Manifest) -> Iterator[Cause]:
    known = {point.get("ip") for point in _points(old)}
    for at, point in enumerate(_points(new)):
        yield from _address(f"{_POINTS}[{at}]", point, known)
        yield from _host(f"{_POINTS}[{at}]", point)


def _points(obj: Manifest) -> list[Manifest]:
    balancer = (obj.get("status") or {}).get("loadBalancer") or {}
    return balancer.get("ingress") or []


def _address(path: str, point: Manifest, known: set[str | None]) -> Iterator[Cause]:
    address = point.get("ip")
    if address and address not in known and not is_address(address):
        yield invalid(child(path, "ip"), address, NO_ADDRESS)


def _mode(path: str, point: Manifest) -> Iterator[Cause]:
    mode, place = point.get("ipMode"), child(path, "ipMode")
    if mode is None:
        if point.get("ip"):
            yield required(place, "must be specified when `ip` is set")
    elif not point.get("ip"):
        yield forbidden(place, "may not be specified when `ip` is not set")
    elif mode not in _MODES:
        yield unsupported(place, mode, _MODES)


def _host(path: str, point: Manifest) -> Iterator[Cause]:
    host, place = point.get("hostname") or "", child(path, "hostname")
    if not host:
        return
    yield from each(place, host, names.dns_subdomain(host))
    if is_address(host):
        yield invalid(place, host, "must be a DNS name, not an IP address")
