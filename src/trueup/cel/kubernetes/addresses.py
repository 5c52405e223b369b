"""IP addresses: ``ip('10.0.0.1')``."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import ClassVar, Final

from trueup.cel.registry import function
from trueup.cel.values import EvaluationError

_LINK_LOCAL_4: Final = ip_network("224.0.0.0/24")
_UNICAST_4: Final = ip_network("169.254.0.0/16")
_UNICAST_6: Final = ip_network("fe80::/10")
_BROADCAST: Final = IPv4Address("255.255.255.255")


@dataclass(frozen=True, slots=True)
class Ip:
    """An IP address, as a value of the language."""

    address: IPv4Address | IPv6Address
    cel_type: ClassVar[str] = "net.IP"


def parse(text: str) -> Ip:
    """No zones, and no IPv4 addresses in IPv6 clothes."""
    try:
        address = ip_address(text)
    except ValueError as error:
        raise EvaluationError(f"IP address parse error: {error}") from error
    if isinstance(address, IPv6Address) and (address.scope_id or address.ipv4_mapped):
        raise EvaluationError(f"IP address {text!r} has a zone, or is IPv4-mapped")
    return Ip(address)


@function("kubernetes", "ip", "(string) -> net.IP")
def ip(text: str) -> Ip:
    return parse(text)


@function("kubernetes", "isIP", "(string) -> bool")
def is_ip(text: str) -> bool:
    try:
        parse(text)
    except EvaluationError:
        return False
    return True


@function("kubernetes", "ip.isCanonical", "(string) -> bool")
def is_canonical(text: str) -> bool:
    return str(parse(text).address) == text


@function("kubernetes", "string", "(net.IP) -> string")
def text_of(this: Ip) -> str:
    return str(this.address)


@function("kubernetes", "family", "net.IP.() -> int")
def family(this: Ip) -> int:
    return this.address.version


@function("kubernetes", "isUnspecified", "net.IP.() -> bool")
def is_unspecified(this: Ip) -> bool:
    return this.address.is_unspecified


@function("kubernetes", "isLoopback", "net.IP.() -> bool")
def is_loopback(this: Ip) -> bool:
    return this.address.is_loopback


@function("kubernetes", "isLinkLocalMulticast", "net.IP.() -> bool")
def is_link_local_multicast(this: Ip) -> bool:
    if isinstance(this.address, IPv4Address):
        return this.address in _LINK_LOCAL_4
    return int(this.address) >> 112 & 0xFF0F == 0xFF02


@function("kubernetes", "isLinkLocalUnicast", "net.IP.() -> bool")
def is_link_local_unicast(this: Ip) -> bool:
    return this.address in (_UNICAST_4 if this.address.version == 4 else _UNICAST_6)


@function("kubernetes", "isGlobalUnicast", "net.IP.() -> bool")
def is_global_unicast(this: Ip) -> bool:
    """Private addresses count; only those of a special kind do not."""
    address = this.address
    special = (
        address.is_unspecified
        or address.is_loopback
        or address.is_multicast
        or address == _BROADCAST
    )
    return not special and not is_link_local_unicast(this)
