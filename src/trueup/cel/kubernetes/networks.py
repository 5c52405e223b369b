"""Networks in CIDR notation: ``cidr('10.0.0.0/8')``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_network
from typing import ClassVar

from trueup.cel.kubernetes import addresses
from trueup.cel.kubernetes.addresses import Ip
from trueup.cel.registry import function
from trueup.cel.values import EvaluationError


@dataclass(frozen=True, slots=True)
class Cidr:
    """An address (host bits may be set) and the length of the network's prefix."""

    address: IPv4Address | IPv6Address
    length: int
    cel_type: ClassVar[str] = "net.CIDR"

    def covers(self, address: IPv4Address | IPv6Address) -> bool:
        shift = self.address.max_prefixlen - self.length
        same_family = address.version == self.address.version
        return same_family and int(address) >> shift == int(self.address) >> shift


def parse(text: str) -> Cidr:
    address, _, length = text.rpartition("/")
    found = addresses.parse(address).address
    if not re.fullmatch(r"0|[1-9][0-9]{0,2}", length) or int(length) > found.max_prefixlen:
        raise EvaluationError(f"network address parse error: {text!r} has a bad prefix length")
    return Cidr(found, int(length))


@function("kubernetes", "cidr", "(string) -> net.CIDR")
def cidr(text: str) -> Cidr:
    return parse(text)


@function("kubernetes", "isCIDR", "(string) -> bool")
def is_cidr(text: str) -> bool:
    try:
        parse(text)
    except EvaluationError:
        return False
    return True


@function("kubernetes", "string", "(net.CIDR) -> string")
def text_of(this: Cidr) -> str:
    return f"{this.address}/{this.length}"


@function("kubernetes", "containsIP", "net.CIDR.(net.IP) -> bool")
def contains_ip(this: Cidr, other: Ip) -> bool:
    return this.covers(other.address)


@function("kubernetes", "containsIP", "net.CIDR.(string) -> bool")
def contains_ip_text(this: Cidr, text: str) -> bool:
    return contains_ip(this, addresses.parse(text))


@function("kubernetes", "containsCIDR", "net.CIDR.(net.CIDR) -> bool")
def contains_cidr(this: Cidr, other: Cidr) -> bool:
    return this.length <= other.length and this.covers(other.address)


@function("kubernetes", "containsCIDR", "net.CIDR.(string) -> bool")
def contains_cidr_text(this: Cidr, text: str) -> bool:
    return contains_cidr(this, parse(text))


@function("kubernetes", "ip", "net.CIDR.() -> net.IP")
def address(this: Cidr) -> Ip:
    return Ip(this.address)


@function("kubernetes", "prefixLength", "net.CIDR.() -> int")
def prefix_length(this: Cidr) -> int:
    return this.length


@function("kubernetes", "masked", "net.CIDR.() -> net.CIDR")
def masked(this: Cidr) -> Cidr:
    network = ip_network((this.address, this.length), strict=False)
    return Cidr(network.network_address, this.length)
