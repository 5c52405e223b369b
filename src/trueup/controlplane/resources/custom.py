"""The resources that a CustomResourceDefinition adds: one per served version."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from trueup.controlplane.resources.resource import CustomVersion, Resource, Subresource
from trueup.objects import GroupVersionKind

_VERBS = ("delete", "deletecollection", "get", "list", "patch", "create", "update", "watch")
_SUBRESOURCE_VERBS = ("get", "patch", "update")
_SCALE = GroupVersionKind("autoscaling", "v1", "Scale")


def custom_resources(
    definition: Mapping[str, Any], before: Iterable[Resource] = ()
) -> list[Resource]:
    """What ``definition`` serves, its accepted names in ``status.acceptedNames``.

    ``before`` is what it served until now: a version that did not change stays the same object.
    """
    versions = definition["spec"]["versions"]
    storage = next(version["name"] for version in versions if version.get("storage"))
    served = [version for version in versions if version.get("served")]
    known = {resource.version: resource.custom for resource in before}
    customs = [_custom(definition, version, storage, known) for version in served]
    return [_resource(definition, custom) for custom in customs]


def _custom(
    definition: Mapping[str, Any],
    version: Mapping[str, Any],
    storage: str,
    known: Mapping[str, CustomVersion | None],
) -> CustomVersion:
    was = known.get(version["name"])
    if was is not None and was.version == version and was.storage_version == storage:
        return was
    metadata = definition["metadata"]
    return CustomVersion(
        metadata["name"], version, storage, int(metadata.get("resourceVersion") or 0)
    )


def _resource(definition: Mapping[str, Any], custom: CustomVersion) -> Resource:
    version, spec = custom.version, definition["spec"]
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
        stored_as=GroupVersionKind(group, custom.storage_version, kind),
        list_kind=names.get("listKind") or f"{kind}List",
        custom=custom,
    )


def _subresources(version: Mapping[str, Any], gvk: GroupVersionKind) -> dict[str, Subresource]:
    declared = version.get("subresources") or {}
    kinds = {"status": gvk, "scale": _SCALE}
    return {
        name: Subresource(name, kinds[name], _SUBRESOURCE_VERBS)
        for name in kinds
        if declared.get(name) is not None
    }
