"""Services and service accounts."""

from __future__ import annotations

from collections.abc import Iterator

from trueup.controlplane.validation.warnings.addresses import address, network
from trueup.objects import Manifest

_HINTS = "service.kubernetes.io/topology-aware-hints"
_MODE = "service.kubernetes.io/topology-mode"
_MOUNTABLE = "kubernetes.io/enforce-mountable-secrets"


def service(obj: Manifest, _old: Manifest | None) -> Iterator[str]:
    spec = obj["spec"]
    if _HINTS in (obj["metadata"].get("annotations") or {}):
        yield f"annotation {_HINTS} is deprecated, please use {_MODE} instead"
    is_headless = spec.get("type") == "ClusterIP" and spec.get("clusterIP") == "None"
    if is_headless:
        yield from _ignored_of_headless(spec)
    yield from _addresses(spec)
    is_external = spec.get("type") == "ExternalName"
    if spec.get("externalIPs") and not is_headless and not is_external:
        yield "spec.externalIPs is deprecated and may no longer be implemented in some clusters"
    if is_external and spec.get("externalIPs"):
        yield 'spec.externalIPs is ignored when spec.type is "ExternalName"'
    if not is_external and spec.get("externalName"):
        yield 'spec.externalName is ignored when spec.type is not "ExternalName"'
    if spec.get("trafficDistribution") == "PreferClose":
        yield 'spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"'


def _ignored_of_headless(spec: Manifest) -> Iterator[str]:
    for name in ("loadBalancerIP", "externalIPs"):
        if spec.get(name):
            yield f"spec.{name} is ignored for headless services"
    if spec.get("sessionAffinity") != "None":
        yield "spec.SessionAffinity is ignored for headless services"


def _addresses(spec: Manifest) -> Iterator[str]:
    for name in ("clusterIPs", "externalIPs"):
        for at, text in enumerate(spec.get(name) or ()):
            yield from address(f"spec.{name}[{at}]", text)
    yield from address("spec.loadBalancerIP", spec.get("loadBalancerIP") or "")
    for at, text in enumerate(spec.get("loadBalancerSourceRanges") or ()):
        yield from network(f"spec.loadBalancerSourceRanges[{at}]", text)


def account(obj: Manifest, old: Manifest | None) -> Iterator[str]:
    before = (old["metadata"].get("annotations") or {}) if old is not None else {}
    if _MOUNTABLE in (obj["metadata"].get("annotations") or {}) and _MOUNTABLE not in before:
        yield (
            f"metadata.annotations[{_MOUNTABLE}]: deprecated in v1.32+;"
            " prefer separate namespaces to isolate access to mounted secrets"
        )
