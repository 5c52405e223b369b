"""Addresses and address ranges of Services, as objects of their own."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from trueup.controlplane.validation.builtin.network import NO_ADDRESS, NO_NETWORK
from trueup.controlplane.validation.causes import (
    IMMUTABLE,
    Cause,
    below,
    child,
    each,
    invalid,
    required,
)
from trueup.objects import Manifest, names


def ip_address_name(name: str) -> list[str]:
    """An address is named by itself, in its canonical form."""
    try:
        canonical = str(ipaddress.ip_address(name))
    except ValueError:
        return [NO_ADDRESS]
    return [] if name == canonical else [f'must be in canonical form ("{canonical}")']


def ip_address(obj: Manifest) -> Iterator[Cause]:
    parent, path = obj["spec"].get("parentRef"), "spec.parentRef"
    if parent is None:
        yield required(path)
        return
    if group := str(parent.get("group") or ""):
        yield from each(child(path, "group"), group, names.dns_subdomain(group))
    for field in ("resource", "name"):
        if not parent.get(field):
            yield required(child(path, field))
    for field in ("resource", "name", "namespace"):
        if text := str(parent.get(field) or ""):
            yield from each(child(path, field), text, names.path_segment(text))


def ip_address_changes(new: Manifest, old: Manifest) -> Iterator[Cause]:
    if new["spec"].get("parentRef") != old["spec"].get("parentRef"):
        yield invalid("spec.parentRef", None, IMMUTABLE)


def service_range(obj: Manifest) -> Iterator[Cause]:
    ranges = obj["spec"].get("cidrs") or []
    if not ranges:
        yield required("spec.cidrs", "at least one CIDR required")
    families = [family for family in map(_family, ranges) if family]
    if len(ranges) > 2:
        yield invalid("spec.cidrs", ranges, "may only hold up to 2 values")
    elif len(families) == 2 and families[0] == families[1]:
        detail = (
            "may specify no more than one IP for each IP family,"
            " i.e 192.168.0.0/24 and 2001:db8::/64"
        )
        yield invalid("spec.cidrs", ranges, detail)
    for at, text in enumerate(ranges):
        if not _family(text):
            yield invalid(below("spec.cidrs", at), text, NO_NETWORK)


def service_range_changes(new: Manifest, old: Manifest) -> Iterator[Cause]:
    """A range stays; one of the other family may come to it."""
    mine, was = new["spec"].get("cidrs") or [], old["spec"].get("cidrs") or []
    if len(mine) != len(was) and (len(was), len(mine)) != (1, 2):
        yield invalid("spec.cidrs", mine, IMMUTABLE)
        return
    for at, (one, before) in enumerate(zip(mine, was, strict=False)):
        if one != before:
            yield invalid(below("spec.cidrs", at), one, IMMUTABLE)


def _family(text: str) -> int:
    """4 or 6; 0 for what is no range."""
    try:
        return ipaddress.ip_network(text).version if "/" in text else 0
    except ValueError:
        return 0
