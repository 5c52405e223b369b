"""Ingresses, network policies, and the addresses that a load balancer gives."""

from __future__ import annotations

from collections.abc import Iterator

from trueup.controlplane.validation.warnings import addresses
from trueup.objects import Manifest

_CLASS = "kubernetes.io/ingress.class"
_DIRECTIONS = (("ingress", "from"), ("egress", "to"))


def ingress(obj: Manifest, old: Manifest | None) -> Iterator[str]:
    is_set = _CLASS in (obj["metadata"].get("annotations") or {})
    if old is None and is_set and (obj.get("spec") or {}).get("ingressClassName") is None:
        yield f"annotation \"{_CLASS}\" is deprecated, please use 'spec.ingressClassName' instead"


def network_policy(obj: Manifest, _old: Manifest | None) -> Iterator[str]:
    for direction, end in _DIRECTIONS:
        for i, rule in enumerate(obj["spec"].get(direction) or ()):
            for j, peer in enumerate(rule.get(end) or ()):
                path = f"spec.{direction}[{i}].{end}[{j}].ipBlock"
                yield from _block(path, peer.get("ipBlock") or {})


def _block(path: str, block: Manifest) -> Iterator[str]:
    yield from addresses.network(f"{path}.cidr", block.get("cidr") or "")
    for at, text in enumerate(block.get("except") or ()):
        yield from addresses.network(f"{path}.except[{at}]", text)


def load_balancer(obj: Manifest) -> Iterator[str]:
    status = (obj.get("status") or {}).get("loadBalancer") or {}
    for at, point in enumerate(status.get("ingress") or ()):
        yield from addresses.address(f"status.loadBalancer.ingress[{at}]", point.get("ip") or "")
