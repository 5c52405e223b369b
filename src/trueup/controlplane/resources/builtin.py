"""The built-in kinds, as the discovery documents of Kubernetes 1.37 list them."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import orjson

from trueup.controlplane.resources.resource import Resource, Subresource
from trueup.objects import GroupVersionKind

_STORAGE = {
    ("events.k8s.io", "events"): GroupVersionKind("", "v1", "Event"),
    ("autoscaling", "horizontalpodautoscalers"): GroupVersionKind(
        "autoscaling", "v2", "HorizontalPodAutoscaler"
    ),
}
"""Kinds that are served in more than one version or group, and what they are stored as."""

_RETURN_DELETED = {
    ("", "persistentvolumeclaims"),
    ("", "persistentvolumes"),
    ("", "pods"),
    ("", "podtemplates"),
    ("", "resourcequotas"),
    ("", "serviceaccounts"),
    ("", "services"),
    ("resource.k8s.io", "deviceclasses"),
    ("resource.k8s.io", "resourceclaims"),
    ("resource.k8s.io", "resourceclaimtemplates"),
    ("resource.k8s.io", "resourceslices"),
    ("storage.k8s.io", "csidrivers"),
    ("storage.k8s.io", "csinodes"),
    ("storage.k8s.io", "storageclasses"),
    ("storage.k8s.io", "volumeattachments"),
    ("storage.k8s.io", "volumeattributesclasses"),
}


def builtin_resources() -> list[Resource]:
    text = files(__package__).joinpath("builtin.json").read_bytes()
    return [_resource(entry) for entry in orjson.loads(text)]


def _resource(entry: Mapping[str, Any]) -> Resource:
    group, version, plural = entry["group"], entry["version"], entry["plural"]
    stored_as = _STORAGE.get((group, plural))
    stored_group = stored_as.group if stored_as else group
    generation = entry.get("generation")
    return Resource(
        group=group,
        version=version,
        plural=plural,
        singular=entry["singular"],
        kind=entry["kind"],
        namespaced=entry["namespaced"],
        verbs=tuple(entry["verbs"]),
        short_names=tuple(entry.get("shortNames", ())),
        categories=tuple(entry.get("categories", ())),
        subresources={
            name: _subresource(name, sub, group, version)
            for name, sub in entry.get("subresources", {}).items()
        },
        generation=None if generation is None else tuple(generation),
        bucket=f"{stored_group}/{plural}",
        stored_as=stored_as,
        returns_deleted=(group, plural) in _RETURN_DELETED,
    )


def _subresource(name: str, sub: Mapping[str, Any], group: str, version: str) -> Subresource:
    """A subresource without a version of its own speaks its parent's."""
    gvk = (
        GroupVersionKind(sub["group"], sub["version"], sub["kind"])
        if sub["version"]
        else GroupVersionKind(group, version, sub["kind"])
    )
    return Subresource(name, gvk, tuple(sub["verbs"]))
