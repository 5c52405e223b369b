"""The addresses of Services: their own, those from outside, and who may come."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from trueup.controlplane.validation.builtin.network import NO_ADDRESS, NO_NETWORK, is_address
from trueup.controlplane.validation.causes import (
    Cause,
    below,
    duplicate,
    forbidden,
    invalid,
    required,
    unsupported,
)
from trueup.objects import Manifest
from trueup.schema.formats import FORMATS

_FAMILIES = ("IPv4", "IPv6")
_OWN = "spec.clusterIPs"


def address_problems(spec: Manifest) -> Iterator[Cause]:
    if spec.get("type") == "ExternalName":
        for name in ("clusterIPs", "ipFamilies", "ipFamilyPolicy"):
            if spec.get(name):
                yield forbidden(f"spec.{name}", "may not be set for ExternalName services")
    else:
        yield from _own(spec)
    yield from _external(spec)
    yield from _sources(spec)


def _own(spec: Manifest) -> Iterator[Cause]:
    kind, addresses = spec.get("type"), spec.get("clusterIPs") or []
    if spec.get("clusterIP") == "None" and kind in {"LoadBalancer", "NodePort"}:
        yield invalid(f"{_OWN}[0]", "None", f"may not be set to 'None' for {kind} services")
    yield from _matching(spec.get("clusterIP") or "", addresses)
    families = spec.get("ipFamilies") or []
    for at, family in enumerate(families):
        place = below("spec.ipFamilies", at)
        if family not in _FAMILIES:
            yield unsupported(place, family, _FAMILIES)
        if family in families[:at]:
            yield duplicate(place, family)
    yield from _each(addresses)


def _matching(first: str, addresses: list[str]) -> Iterator[Cause]:
    if first and not addresses:
        yield required(_OWN)
    elif first and addresses[0] != first:
        yield invalid(_OWN, addresses, "first value must match `clusterIP`")
    elif not first and addresses:
        yield invalid(_OWN, addresses, "must be empty when `clusterIP` is not specified")


def _each(addresses: list[str]) -> Iterator[Cause]:
    found = []
    for at, address in enumerate(addresses):
        if at == 0 and address == "None":
            if len(addresses) > 1:
                detail = "'None' must be the first and only value"
                found.append(invalid(_OWN, addresses, detail))
        elif not is_address(address):
            found.append(invalid(below(_OWN, at), address, NO_ADDRESS))
    yield from found
    if len(addresses) > 2:
        yield invalid(_OWN, addresses, "may only hold up to 2 values")
    if len(addresses) > 1 and not found:
        versions = {ipaddress.ip_address(address).version for address in addresses}
        if len(versions) == 1:
            detail = "may specify no more than one IP for each IP family"
            yield invalid(_OWN, addresses, detail)


def _external(spec: Manifest) -> Iterator[Cause]:
    for at, address in enumerate(spec.get("externalIPs") or ()):
        place = below("spec.externalIPs", at)
        if not is_address(address):
            yield invalid(place, address, NO_ADDRESS)
        else:
            yield from (invalid(place, address, detail) for detail in _special(address))


def _special(text: str) -> Iterator[str]:
    """What is against an address that leads to no other host."""
    address = ipaddress.ip_address(text)
    if address.is_unspecified:
        yield f"may not be unspecified ({text})"
    if address.is_loopback:
        yield "may not be in the loopback range (127.0.0.0/8, ::1/128)"
    if address.is_link_local:
        yield "may not be in the link-local range (169.254.0.0/16, fe80::/10)"
    if any(address in network for network in _LINK_MULTICAST):
        yield "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)"


_LINK_MULTICAST = (ipaddress.ip_network("224.0.0.0/24"), ipaddress.ip_network("ff02::/16"))


def _sources(spec: Manifest) -> Iterator[Cause]:
    sources, place = spec.get("loadBalancerSourceRanges") or (), "spec.LoadBalancerSourceRanges"
    if sources and spec.get("type") != "LoadBalancer":
        yield forbidden(place, "may only be used when `type` is 'LoadBalancer'")
    for at, text in enumerate(sources):
        if not FORMATS["cidr"](text.strip()):
            yield invalid(below(place, at), text.strip(), NO_NETWORK)
