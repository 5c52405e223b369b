"""Label selectors: well-formed, and matching the labels of a template."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from trueup.controlplane.validation.causes import (
    Cause,
    Struct,
    below,
    child,
    each,
    forbidden,
    invalid,
    required,
)
from trueup.controlplane.validation.metadata import validate_labels
from trueup.objects import Manifest, names

_WITH_VALUES = ("In", "NotIn")
_WITHOUT_VALUES = ("Exists", "DoesNotExist")


def selector_problems(selector: Manifest, path: str) -> Iterator[Cause]:
    """What is wrong with a ``matchLabels`` and ``matchExpressions``."""
    yield from validate_labels(selector.get("matchLabels") or {}, child(path, "matchLabels"))
    for at, requirement in enumerate(selector.get("matchExpressions") or ()):
        yield from _requirement(requirement, below(child(path, "matchExpressions"), at))


def _requirement(requirement: Manifest, path: str) -> Iterator[Cause]:
    operator, values = requirement.get("operator"), requirement.get("values") or []
    place = child(path, "values")
    if operator in _WITH_VALUES:
        if not values:
            yield required(place, "must be specified when `operator` is 'In' or 'NotIn'")
    elif operator in _WITHOUT_VALUES:
        if values:
            detail = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"
            yield forbidden(place, detail)
    else:
        yield invalid(child(path, "operator"), operator or "", "not a valid selector operator")
    key = str(requirement.get("key") or "")
    yield from each(child(path, "key"), key, names.qualified_name(key))
    for at, value in enumerate(values):
        yield from each(below(place, at), value, names.label_value(str(value)))


def is_usable(selector: Manifest) -> bool:
    """Whether the selector can be asked at all."""
    return next(selector_problems(selector, ""), None) is None


def matches(selector: Manifest, labels: dict[str, Any]) -> bool:
    """Whether objects with ``labels`` are selected."""
    wanted = (selector.get("matchLabels") or {}).items()
    expressions = selector.get("matchExpressions") or ()
    return all(labels.get(key) == value for key, value in wanted) and all(
        _holds(requirement, labels) for requirement in expressions
    )


def _holds(requirement: Manifest, labels: dict[str, Any]) -> bool:
    value, values = labels.get(requirement["key"]), requirement.get("values") or ()
    match requirement["operator"]:
        case "In":
            return value in values
        case "NotIn":
            return value not in values
        case "Exists":
            return value is not None
    return value is None


def shown(selector: Manifest) -> Struct:
    """A selector in the order of its fields."""
    ordered: dict[str, Any] = {k: selector[k] for k in ("matchLabels",) if k in selector}
    if selector.get("matchExpressions"):
        fields = ("key", "operator", "values")
        ordered["matchExpressions"] = [
            {name: one[name] for name in fields if name in one}
            for one in selector["matchExpressions"]
        ]
    return Struct(ordered)
