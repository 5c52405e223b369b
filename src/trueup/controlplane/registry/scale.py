"""The scale subresource: one number of an object, seen as an autoscaling/v1 Scale."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trueup.controlplane.registry import refusals
from trueup.controlplane.resources import Resource
from trueup.objects import Manifest

_BUILTIN_PATHS = {
    "specReplicasPath": ".spec.replicas",
    "statusReplicasPath": ".status.replicas",
}


def scale_of(resource: Resource, obj: Manifest) -> Manifest:
    """The Scale of ``obj``."""
    paths = _paths(resource)
    names = ("name", "namespace", "uid", "resourceVersion", "creationTimestamp")
    metadata = {name: obj["metadata"][name] for name in names if name in obj["metadata"]}
    replicas = _value(obj, paths["specReplicasPath"])
    status: dict[str, Any] = {"replicas": _value(obj, paths["statusReplicasPath"]) or 0}
    selector = _selector(obj, paths.get("labelSelectorPath"))
    if selector:
        status["selector"] = selector
    return {
        "kind": "Scale",
        "apiVersion": "autoscaling/v1",
        "metadata": metadata,
        "spec": {"replicas": replicas} if replicas else {},
        "status": status,
    }


def scaled(resource: Resource, obj: Manifest, scale: Manifest) -> Manifest:
    """``obj`` with the replicas that ``scale`` wants; Invalid if that is no count."""
    wanted = (scale.get("spec") or {}).get("replicas", 0)
    name = str(obj["metadata"]["name"])
    if not isinstance(wanted, int) or wanted < 0:
        cause = {
            "reason": "FieldValueInvalid",
            "message": f"Invalid value: {wanted}: must be greater than or equal to 0",
            "field": "spec.replicas",
        }
        raise refusals.invalid("autoscaling", "Scale", name, [cause])
    revision = (scale.get("metadata") or {}).get("resourceVersion")
    if revision:
        obj["metadata"]["resourceVersion"] = revision
    *parents, last = _paths(resource)["specReplicasPath"].lstrip(".").split(".")
    at: dict[str, Any] = obj
    for parent in parents:
        at = at.setdefault(parent, {})
    at[last] = wanted
    return obj


def _paths(resource: Resource) -> Mapping[str, str]:
    custom = resource.custom.scale if resource.custom else None
    return custom or _BUILTIN_PATHS


def _value(obj: Mapping[str, Any], path: str) -> Any:
    value: Any = obj
    for name in path.lstrip(".").split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _selector(obj: Manifest, path: str | None) -> str:
    """As text; a built-in kind's own selector is ``matchLabels`` and expressions."""
    if path:
        return str(_value(obj, path) or "")
    selector = (obj.get("spec") or {}).get("selector") or {}
    labels = selector.get("matchLabels", selector if "matchExpressions" not in selector else {})
    terms = [f"{key}={value}" for key, value in labels.items()]
    terms += [_expression(expression) for expression in selector.get("matchExpressions") or ()]
    return ",".join(sorted(terms))


def _expression(expression: Mapping[str, Any]) -> str:
    key, values = expression["key"], ",".join(expression.get("values") or ())
    match expression["operator"]:
        case "In":
            return f"{key} in ({values})"
        case "NotIn":
            return f"{key} notin ({values})"
        case "DoesNotExist":
            return f"!{key}"
    return str(key)
