"""Addresses that may mean something else to another reader."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv6Address, ip_address, ip_interface


def address(path: str, text: str) -> Iterator[str]:
    """An IPv6 address in another than its shortest form."""
    try:
        found = ip_address(text)
    except ValueError:
        return
    if isinstance(found, IPv6Address) and str(found) != text:
        yield f'{path}: IPv6 address "{text}" should be in RFC 5952 canonical format ("{found}")'


def network(path: str, text: str) -> Iterator[str]:
    """An address within a network where the network is meant, or the address."""
    try:
        found = ip_interface(text)
    except ValueError:
        return
    if found.ip != found.network.network_address:
        one = f"{found.ip}/{found.max_prefixlen}"
        yield (
            f'{path}: CIDR value "{text}" is ambiguous in this context'
            f' (should be "{found.network}" or "{one}"?)'
        )
