"""The resources that a CustomResourceDefinition adds: one per served version."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trueup.controlplane.resources.resource import CustomVersion, Resource, Subresource
from trueup.objects import GroupVersionKind

_VERBS = ("delete", "deletecollection", "get", "list", "patch", "create", "update", "watch")
_SUBRESOURCE_VERBS = ("get", "patch", "update")
_SCALE = GroupVersionKind("autoscaling", "v1", "Scale")


def custom_resources(definition: Mapping[str, Any]) -> list[Resource]:
    """What ``definition`` serves, its accepted names in ``status.acceptedNames``."""
    versions = definition["spec"]["versions"]
    storage = next(version["name"] for version in versions if version.get("storage"))
    served = [version for version in versions if version.get("served")]
    return [_resource(definition, version, storage) for version in served]


def _resource(definition: Mapping[str, Any], version: Mapping[str, Any], storage: str) -> Resource:
    spec = definition["spec"]
    names = (definition.get("status") or {}).get("acceptedNames") or spec["names"]
    group, plural, kind = spec["group"], names["plural"], names["kind"]
    gvk = GroupVersionKind(group, version["name"], kind)
    has_status = "status" in (version.get("subresources") or {})
    return Resource(
        group=group,
        version=version["name"],
        plural=plural,
        singular=names.get("singular") or kind.lower(),
        kind=kind,
        namespaced=spec["scope"] == "Namespaced",
        verbs=_VERBS,
        short_names=tuple(names.get("shortNames") or ()),
        categories=tuple(names.get("categories") or ()),
        subresources=_subresources(version, gvk),
        generation=("*", "-status") if has_status else ("*",),
        bucket=f"{group}/{plural}",
        stored_as=GroupVersionKind(group, storage, kind),
        list_kind=names.get("listKind") or f"{kind}List",
        custom=CustomVersion(definition["metadata"]["name"], version, storage),
    )


def _subresources(version: Mapping[str, Any], gvk: GroupVersionKind) -> dict[str, Subresource]:
    declared = version.get("subresources") or {}
    kinds = {"status": gvk, "scale": _SCALE}
    return {
        name: Subresource(name, kinds[name], _SUBRESOURCE_VERBS)
        for name in kinds
        if declared.get(name) is not None
    }
