"""What an update of a Service takes over from the live one, and what it drops."""

from __future__ import annotations

from collections.abc import Iterable

from trueup.objects import Manifest

EXPOSED = ("NodePort", "LoadBalancer")


def adapt(new: Manifest, old: Manifest) -> None:
    """Make ``new`` what its client meant: link twin fields, keep what is needed, drop the rest."""
    spec, was = new["spec"], old.get("spec") or {}
    _link_addresses(spec, was)
    _keep_allocated(spec, was)
    _drop_unneeded(spec, was)
    if spec["type"] != "LoadBalancer":
        new["status"] = {**(new.get("status") or {}), "loadBalancer": {}}


def needs_health_check(spec: Manifest) -> bool:
    return spec.get("type") == "LoadBalancer" and spec.get("externalTrafficPolicy") == "Local"


def _link_addresses(spec: Manifest, was: Manifest) -> None:
    """Who changes ``clusterIP`` alone, as older clients do, means ``clusterIPs`` too."""
    mine, before = spec.get("clusterIP") or "", was.get("clusterIP") or ""
    if mine != before and mine and spec.get("clusterIPs") == was.get("clusterIPs"):
        spec["clusterIPs"] = [mine]


def _keep_allocated(spec: Manifest, was: Manifest) -> None:
    if "ExternalName" not in (spec["type"], was.get("type")):
        for field in ("clusterIP", "clusterIPs", "ipFamilyPolicy", "ipFamilies"):
            if not spec.get(field) and was.get(field):
                spec[field] = was[field]
    if spec["type"] in EXPOSED and was.get("type") in EXPOSED:
        _keep_ports(spec.get("ports") or (), was.get("ports") or ())
    if needs_health_check(spec) and needs_health_check(was):
        spec.setdefault("healthCheckNodePort", was.get("healthCheckNodePort", 0))


def _keep_ports(ports: Iterable[Manifest], old: Iterable[Manifest]) -> None:
    known = {port.get("name", ""): port.get("nodePort", 0) for port in old}
    taken = {port["nodePort"] for port in ports if port.get("nodePort")}
    for port in ports:
        before = known.get(port.get("name", ""))
        if not port.get("nodePort") and before and before not in taken:
            port["nodePort"] = before


def _drop_unneeded(spec: Manifest, was: Manifest) -> None:
    """What the type before needed, the new one does not, and nobody has changed."""
    if was.get("type") in EXPOSED and spec["type"] not in EXPOSED:
        _drop_same(spec, was, "externalTrafficPolicy")
        if _node_ports(spec) == _node_ports(was):
            for port in spec.get("ports") or ():
                port.pop("nodePort", None)
    if needs_health_check(was) and not needs_health_check(spec):
        _drop_same(spec, was, "healthCheckNodePort")
    if was.get("type") == "LoadBalancer" and spec["type"] != "LoadBalancer":
        _drop_same(spec, was, "allocateLoadBalancerNodePorts")
        _drop_same(spec, was, "loadBalancerClass")


def _drop_same(spec: Manifest, was: Manifest, field: str) -> None:
    if spec.get(field) == was.get(field):
        spec.pop(field, None)


def _node_ports(spec: Manifest) -> set[int]:
    return {port["nodePort"] for port in spec.get("ports") or () if port.get("nodePort")}
