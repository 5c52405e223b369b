"""The quality-of-service class that Kubernetes reads off a pod's requests and limits."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Literal

from trueup.errors import InputError
from trueup.objects import Manifest
from trueup.schema.quantity import parse

QualityOfService = Literal["Guaranteed", "Burstable", "BestEffort"]

_COUNTED = ("cpu", "memory")


def quality_of_service(pod: Manifest) -> QualityOfService:
    """Guaranteed: every container limits cpu and memory, and requests just that much.

    BestEffort: nothing is requested or limited. Resources of the pod as a whole go first.
    """
    spec = pod.get("spec") or {}
    whole = spec.get("resources") or {}
    if whole.get("requests") or whole.get("limits"):
        holders = [whole]
    else:
        containers = [*(spec.get("containers") or ()), *(spec.get("initContainers") or ())]
        holders = [container.get("resources") or {} for container in containers]
    amounts = [(_amounts(h.get("requests")), _amounts(h.get("limits"))) for h in holders]
    if not any(requests or limits for requests, limits in amounts):
        return "BestEffort"
    requested, limited = _sum(r for r, _ in amounts), _sum(limit for _, limit in amounts)
    everywhere = all(set(limits) == set(_COUNTED) for _, limits in amounts)
    return "Guaranteed" if everywhere and requested == limited else "Burstable"


def _amounts(resources: Manifest | None) -> dict[str, Fraction]:
    found = {}
    for name in _COUNTED:
        try:
            value = parse(str((resources or {}).get(name, "0"))).value
        except InputError:
            continue
        if value > 0:
            found[name] = value
    return found


def _sum(parts: Iterable[dict[str, Fraction]]) -> dict[str, Fraction]:
    total: dict[str, Fraction] = {}
    for part in parts:
        for name, value in part.items():
            total[name] = total.get(name, Fraction(0)) + value
    return total
