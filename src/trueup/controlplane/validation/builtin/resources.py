"""Quantities, and the requests and limits of containers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from trueup.controlplane.validation.builtin.paths import NOT_NEGATIVE
from trueup.controlplane.validation.causes import Cause, below, child, invalid, required
from trueup.objects import Manifest, names
from trueup.schema.quantity import parse

_STANDARD = {"cpu", "memory", "ephemeral-storage", "storage"}
_FOR_CONTAINERS = {"cpu", "memory", "ephemeral-storage"}
_WHOLE = {
    "pods",
    "services",
    "services.nodeports",
    "services.loadbalancers",
    "replicationcontrollers",
    "resourcequotas",
    "secrets",
    "configmaps",
    "persistentvolumeclaims",
}
_FOR_QUOTA = {
    *_STANDARD,
    *(f"{kind}.{name}" for kind in ("requests", "limits") for name in _STANDARD),
    *_WHOLE,
}


def amount(quantity: Any) -> Fraction:
    """The value of a quantity that was accepted before."""
    return parse(str(quantity)).value


def quantity_problems(name: str, quantity: Any, path: str) -> Iterator[Cause]:
    """Not negative, and whole where parts of one make no sense."""
    value = amount(quantity)
    if value < 0:
        yield invalid(path, str(quantity), NOT_NEGATIVE)
    if value.denominator != 1 and (name in _WHOLE or "/" in name):
        yield invalid(path, str(quantity), "must be an integer")


def requirements(resources: Manifest, path: str) -> Iterator[Cause]:
    """What is wrong with a container's requests and limits."""
    limits, requests = resources.get("limits") or {}, resources.get("requests") or {}
    for kind, found in (("limits", limits), ("requests", requests)):
        for name, quantity in found.items():
            place = below(child(path, kind), name)
            yield from _container_resource(name, place)
            yield from quantity_problems(name, quantity, place)
    for name, quantity in requests.items():
        yield from _within_limit(name, quantity, limits, path)


def _within_limit(name: str, quantity: Any, limits: Manifest, path: str) -> Iterator[Cause]:
    place = child(path, "requests")
    overcommitted = "/" not in name and not name.startswith("hugepages-")
    if name not in limits:
        if not overcommitted:
            detail = "Limit must be set for non overcommitable resources"
            yield required(child(path, "limits"), detail)
        return
    limit = limits[name]
    if not overcommitted and amount(quantity) != amount(limit):
        yield invalid(place, str(quantity), f"must be equal to {name} limit of {limit}")
    elif amount(quantity) > amount(limit):
        detail = f"must be less than or equal to {name} limit of {limit}"
        yield invalid(place, str(quantity), detail)


def _container_resource(name: str, path: str) -> Iterator[Cause]:
    yield from _resource_name(name, path, _FOR_CONTAINERS, "containers")


def quota_resource(name: str, path: str) -> Iterator[Cause]:
    """What is wrong with the name of a resource that a quota counts."""
    if not name.startswith("count/"):
        yield from _resource_name(name, path, _FOR_QUOTA, "quota")


def _resource_name(name: str, path: str, known: set[str], where: str) -> Iterator[Cause]:
    problems = names.qualified_name(name)
    for problem in problems:
        yield invalid(path, name, problem)
    if problems or "/" in name or re.match(r"(requests\.)?hugepages-", name) or name in known:
        return
    if name not in _STANDARD | _FOR_QUOTA:
        yield invalid(path, name, "must be a standard resource type or fully qualified")
    yield invalid(path, name, f"must be a standard resource for {where}")
