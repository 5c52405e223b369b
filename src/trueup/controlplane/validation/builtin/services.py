"""Services."""

from __future__ import annotations

from collections.abc import Iterator

from trueup.controlplane.validation.builtin.paths import one_of
from trueup.controlplane.validation.builtin.service_addresses import address_problems
from trueup.controlplane.validation.builtin.service_ports import port_problems
from trueup.controlplane.validation.causes import (
    Cause,
    each,
    forbidden,
    invalid,
    required,
    unsupported,
)
from trueup.controlplane.validation.metadata import validate_labels
from trueup.objects import Manifest, names

_POLICIES = ("Cluster", "Local")
_TYPES = ("ClusterIP", "ExternalName", "LoadBalancer", "NodePort")
_CHOICES = {
    "spec.type": _TYPES,
    "spec.sessionAffinity": ("ClientIP", "None"),
    "spec.internalTrafficPolicy": _POLICIES,
    "spec.trafficDistribution": ("PreferClose", "PreferSameZone", "PreferSameNode"),
    "spec.ipFamilyPolicy": ("PreferDualStack", "RequireDualStack", "SingleStack"),
}
_ONE_DAY = 86400


def service(obj: Manifest) -> Iterator[Cause]:
    spec = obj["spec"]
    ports, headless = spec.get("ports") or [], spec.get("clusterIP") == "None"
    external = spec.get("type") == "ExternalName"
    if not ports and not headless and not external:
        yield required("spec.ports")
    yield from one_of(obj, _CHOICES)
    yield from address_problems(spec)
    yield from _affinity(spec)
    yield from _exposure(spec)
    if external:
        name = str(spec.get("externalName") or "").removesuffix(".")
        if not name:
            yield required("spec.externalName")
        else:
            yield from each("spec.externalName", name, names.dns_subdomain(name))
    yield from validate_labels(spec.get("selector") or {}, "spec.selector")
    yield from port_problems(spec)


def _exposure(spec: Manifest) -> Iterator[Cause]:
    only, is_balanced = "may only be used when `type` is 'LoadBalancer'", _is_balanced(spec)
    balancer = spec.get("loadBalancerClass")
    if balancer is not None and not is_balanced:
        yield forbidden("spec.loadBalancerClass", only)
    elif balancer is not None:
        yield from each("spec.loadBalancerClass", balancer, names.qualified_name(balancer))
    if spec.get("allocateLoadBalancerNodePorts") is not None and not is_balanced:
        yield forbidden("spec.allocateLoadBalancerNodePorts", only)
    policy = spec.get("externalTrafficPolicy")
    is_outside = spec.get("type") in {"LoadBalancer", "NodePort"} or (
        spec.get("type") == "ClusterIP" and spec.get("externalIPs")
    )
    if policy and not is_outside:
        detail = "may only be set for externally-accessible services"
        yield invalid("spec.externalTrafficPolicy", policy, detail)
    elif policy and policy not in _POLICIES:
        yield unsupported("spec.externalTrafficPolicy", policy, _POLICIES)
    port = spec.get("healthCheckNodePort")
    if port and not (is_balanced and policy == "Local"):
        detail = (
            "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"
        )
        yield invalid("spec.healthCheckNodePort", port, detail)


def _is_balanced(spec: Manifest) -> bool:
    return bool(spec.get("type") == "LoadBalancer")


def _affinity(spec: Manifest) -> Iterator[Cause]:
    place, config = "spec.sessionAffinityConfig", spec.get("sessionAffinityConfig")
    if spec.get("sessionAffinity") == "None" and config is not None:
        yield forbidden(place, "must not be set when session affinity is None")
    seconds = ((config or {}).get("clientIP") or {}).get("timeoutSeconds")
    if spec.get("sessionAffinity") != "ClientIP" or seconds is None:
        return
    if not 0 < seconds <= _ONE_DAY:
        detail = f"must be greater than 0 and less than {_ONE_DAY}"
        yield invalid(f"{place}.clientIP.timeoutSeconds", seconds, detail)


def service_changes(new: Manifest, old: Manifest) -> Iterator[Cause]:
    """An address stays for as long as the service has one."""
    mine, was = new["spec"], old["spec"]
    kinds = {mine.get("type", "ClusterIP"), was.get("type", "ClusterIP")}
    before = was.get("clusterIP") or ""
    if "ExternalName" in kinds or not before:
        return
    if (mine.get("clusterIP") or "") != before:
        shown = mine.get("clusterIPs") or [mine.get("clusterIP")]
        yield invalid("spec.clusterIPs[0]", shown, "may not change once set")
