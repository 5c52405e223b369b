"""The scale subresource: one number of an object, seen as an autoscaling/v1 Scale."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trueup.controlplane.registry import refusals
from trueup.controlplane.resources import Resource
from trueup.controlplane.validation.causes import invalid
from trueup.merge import serverside
from trueup.objects import Manifest

_BUILTIN_PATHS = {
    "specReplicasPath": ".spec.replicas",
    "statusReplicasPath": ".status.replicas",
}


def scale_of(resource: Resource, obj: Manifest) -> Manifest:
    """The Scale of ``obj``, with who owns the replicas."""
    paths = _paths(resource)
    names = ("name", "namespace", "uid", "resourceVersion", "creationTimestamp")
    metadata = {name: obj["metadata"][name] for name in names if name in obj["metadata"]}
    place = paths["specReplicasPath"]
    replicas = _value(obj, place)
    owners = serverside.entries_of_scale(obj["metadata"].get("managedFields") or (), place)
    if owners:
        metadata["managedFields"] = owners
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


def shown_scale(resource: Resource, obj: Manifest) -> Manifest:
    """The Scale as an answer; an internal error, as the apiserver has it, if there is no number."""
    place = _paths(resource)["specReplicasPath"]
    if resource.custom is not None and _value(obj, place) is None:
        raise refusals.internal(f'the spec replicas field "{place}" does not exist')
    scale = scale_of(resource, obj)
    scale["metadata"].pop("managedFields", None)
    return scale


def scaled(resource: Resource, obj: Manifest, scale: Manifest) -> Manifest:
    """``obj`` with the replicas that ``scale`` wants; Invalid if that is no count."""
    wanted = (scale.get("spec") or {}).get("replicas", 0)
    if wanted < 0:
        raise _negative(resource, str(obj["metadata"]["name"]), wanted)
    place = _paths(resource)["specReplicasPath"]
    owners = (scale.get("metadata") or {}).get("managedFields") or []
    entries = serverside.entries_of_object(
        obj["metadata"].pop("managedFields", None) or (), owners, place, resource.api_version
    )
    if entries:
        obj["metadata"]["managedFields"] = entries
    revision = (scale.get("metadata") or {}).get("resourceVersion")
    if revision:
        obj["metadata"]["resourceVersion"] = revision
    *parents, last = place.lstrip(".").split(".")
    at: dict[str, Any] = obj
    for parent in parents:
        at = at.setdefault(parent, {})
    at[last] = wanted
    return obj


def _negative(resource: Resource, name: str, wanted: int) -> Exception:
    if resource.custom is None:
        cause = invalid("spec.replicas", wanted, "must be greater than or equal to 0")
        return refusals.invalid("autoscaling", "Scale", name, [cause])
    place = _paths(resource)["specReplicasPath"]
    cause = invalid(place, wanted, "should be a non-negative integer")
    return refusals.invalid(resource.group, resource.kind, name, [cause])


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
