"""Objects for tests: variants of one another, and where to send them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trueup.controlplane.resources.builtin import builtin_resources
from trueup.objects import Manifest
from trueup.objects.manifest import copy


def changed(base: Manifest, changes: Mapping[str, Any]) -> Manifest:
    """``base`` with other values at dotted paths; null removes a field."""
    result: Manifest = copy(base)
    for path, value in changes.items():
        *parents, last = path.split(".")
        place: Any = result
        for name in parents:
            place = place[int(name)] if isinstance(place, list) else place.setdefault(name, {})
        if isinstance(place, list):
            place[int(last) : int(last) + 1] = [value]
        elif value is None:
            place.pop(last, None)
        else:
            place[last] = value
    return result


def collection_path(obj: Manifest) -> str:
    """Where objects of a built-in kind are created, in the namespace of ``obj``."""
    group, _, version = obj["apiVersion"].rpartition("/")
    found = next(
        resource
        for resource in builtin_resources()
        if (resource.group, resource.version, resource.kind) == (group, version, obj["kind"])
    )
    root = f"/apis/{group}/{version}" if group else f"/api/{version}"
    scope = f"/namespaces/{obj['metadata']['namespace']}" if found.namespaced else ""
    return f"{root}{scope}/{found.plural}"


def available(deployment: Manifest) -> Manifest:
    """The status of ``deployment`` once all of its Pods run."""
    counts = ("replicas", "updatedReplicas", "readyReplicas", "availableReplicas")
    conditions = [
        {"type": "Available", "status": "True"},
        {"type": "Progressing", "status": "True", "reason": "NewReplicaSetAvailable"},
    ]
    return {
        "observedGeneration": deployment["metadata"]["generation"],
        **dict.fromkeys(counts, deployment["spec"]["replicas"]),
        "conditions": conditions,
    }
