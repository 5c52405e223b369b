"""What belongs to the server in an object, whatever a client sends: status, names of a kind.

The counterparts are the ``strategy.go`` files of the apiserver's registry.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from trueup.controlplane.registry.metadata import now_text
from trueup.controlplane.resources import Resource
from trueup.objects import Manifest

_REGISTERING = "/nodes"
"""A kubelet registers its node together with what there is to say of it."""

Preparation: TypeAlias = Callable[[Manifest], None]


def reset_created(resource: Resource, obj: Manifest) -> None:
    """Status is not a creator's to set; kinds with a first status get it."""
    if "status" in resource.subresources and resource.bucket != _REGISTERING:
        obj.pop("status", None)
    first = _ON_CREATE.get(resource.bucket)
    if first:
        first(obj)


def reset_updated(resource: Resource, subresource: str, new: Manifest, old: Manifest) -> None:
    """An update of the object leaves status alone; an update of status leaves the rest alone.

    A binding changes both.
    """
    if subresource == "status":
        _keep_all_but_status(resource, new, old)
    elif "status" in resource.subresources and subresource != "binding":
        _keep(new, old, "status")
    if resource.bucket == "/namespaces" and subresource != "finalize":
        new["spec"] = old.get("spec") or {}
    if resource.bucket == "/namespaces" and subresource == "finalize":
        new["metadata"] = {**old["metadata"]}


def _keep_all_but_status(resource: Resource, new: Manifest, old: Manifest) -> None:
    for name in {*new, *old} - {"status", "metadata", "apiVersion", "kind"}:
        _keep(new, old, name)
    if resource.custom is not None:
        _keep_metadata(new, old)
    for name in _STATUS_KEEPS.get(resource.bucket, ()):
        _keep(new["metadata"], old["metadata"], name)


def _keep_metadata(new: Manifest, old: Manifest) -> None:
    """All of it but what the request's own bookkeeping needs."""
    own = {k: v for k, v in new["metadata"].items() if k in {"managedFields", "resourceVersion"}}
    new["metadata"] = {**old["metadata"], **own}


def _keep(new: Manifest, old: Manifest, name: str) -> None:
    if name in old:
        new[name] = old[name]
    else:
        new.pop(name, None)


_STATUS_KEEPS: dict[str, tuple[str, ...]] = {
    "/pods": ("ownerReferences", "deletionTimestamp"),
    "apps/deployments": ("labels",),
}
"""Metadata that a status update of these kinds cannot change."""


def _namespace(obj: Manifest) -> None:
    obj["status"] = {"phase": "Active"}
    finalizers = (obj.get("spec") or {}).get("finalizers") or []
    if "kubernetes" not in finalizers:
        finalizers = [*finalizers, "kubernetes"]
    obj["spec"] = {**(obj.get("spec") or {}), "finalizers": finalizers}


def _pending(obj: Manifest) -> None:
    obj["status"] = {"phase": "Pending"}


def _new_volume(obj: Manifest) -> None:
    obj["status"] = {"phase": "Pending", "lastPhaseTransitionTime": now_text()}


_ON_CREATE: dict[str, Preparation] = {
    "/namespaces": _namespace,
    "/persistentvolumeclaims": _pending,
    "/persistentvolumes": _new_volume,
}
