"""Who a pod's processes are, and how it finds others: security contexts, hosts, DNS."""

from __future__ import annotations

from collections.abc import Iterator

from trueup.controlplane.validation.builtin.network import NO_ADDRESS, is_address
from trueup.controlplane.validation.causes import (
    Cause,
    below,
    child,
    duplicate,
    each,
    invalid,
    required,
    unsupported,
)
from trueup.objects import Manifest, names

_IDS = ("runAsUser", "runAsGroup", "fsGroup")
_MAX_ID = 2**31 - 1
_PROFILES = ("Localhost", "RuntimeDefault", "Unconfined")


def context_problems(context: Manifest, path: str) -> Iterator[Cause]:
    """The security context of a pod or of a container."""
    for name in _IDS:
        if context.get(name) is not None:
            yield from _identity(context[name], child(path, name))
    for at, group in enumerate(context.get("supplementalGroups") or ()):
        yield from _identity(group, below(child(path, "supplementalGroups"), at))
    yield from _profile(context.get("seccompProfile"), child(path, "seccompProfile"))
    seen: set[str] = set()
    for at, sysctl in enumerate(context.get("sysctls") or ()):
        place, name = (
            child(below(child(path, "sysctls"), at), "name"),
            str(sysctl.get("name") or ""),
        )
        if not name:
            yield required(place)
        elif name in seen:
            yield duplicate(place, name)
        seen.add(name)


def _identity(number: int, path: str) -> Iterator[Cause]:
    if not 0 <= number <= _MAX_ID:
        yield invalid(path, number, f"must be between 0 and {_MAX_ID}, inclusive")


def _profile(profile: Manifest | None, path: str) -> Iterator[Cause]:
    if profile is None:
        return
    kind = profile.get("type") or ""
    if not kind:
        yield required(child(path, "type"), "type is required when seccompProfile is set")
    elif kind not in _PROFILES:
        yield unsupported(child(path, "type"), kind, _PROFILES)
    elif kind == "Localhost" and not profile.get("localhostProfile"):
        detail = "must be set when seccomp type is Localhost"
        yield required(child(path, "localhostProfile"), detail)


def naming_problems(spec: Manifest, path: str) -> Iterator[Cause]:
    """Names and addresses that a pod adds to its own view of the network."""
    for at, alias in enumerate(spec.get("hostAliases") or ()):
        place, address = below(child(path, "hostAliases"), at), str(alias.get("ip") or "")
        if not is_address(address):
            yield invalid(child(place, "ip"), address, NO_ADDRESS)
        for index, host in enumerate(alias.get("hostnames") or ()):
            yield from each(
                below(child(place, "hostnames"), index), host, names.dns_subdomain(host)
            )
    config, place = spec.get("dnsConfig") or {}, child(path, "dnsConfig")
    for at, server in enumerate(config.get("nameservers") or ()):
        if not is_address(server):
            yield invalid(below(child(place, "nameservers"), at), server, NO_ADDRESS)
    for at, option in enumerate(config.get("options") or ()):
        if not option.get("name"):
            yield required(below(child(place, "options"), at), "must not be empty")
    if spec.get("dnsPolicy") == "None" and not config.get("nameservers"):
        detail = "must provide at least one DNS nameserver when `dnsPolicy` is None"
        yield required(child(place, "nameservers"), detail)
