"""What a kind does to its own objects before they are validated.

The counterparts are the ``strategy.go`` files of the apiserver's registry.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from trueup.controlplane.resources import Resource
from trueup.objects import Manifest

Preparation: TypeAlias = Callable[[Manifest], None]


def prepare_create(resource: Resource, obj: Manifest) -> None:
    """Status is not a creator's to set; kinds with a first status get it."""
    if "status" in resource.subresources:
        obj.pop("status", None)
    special = _ON_CREATE.get(resource.bucket)
    if special:
        special(obj)


def prepare_update(resource: Resource, subresource: str, new: Manifest, old: Manifest) -> None:
    """An update of the object leaves status alone; an update of status leaves the rest alone."""
    if subresource == "status":
        _keep_all_but_status(resource, new, old)
    elif "status" in resource.subresources:
        _keep(new, old, "status")
    if resource.bucket == "/namespaces" and subresource != "finalize":
        _keep(new.setdefault("spec", {}), old.get("spec") or {}, "finalizers")


def _keep_all_but_status(resource: Resource, new: Manifest, old: Manifest) -> None:
    for name in {*new, *old} - {"status", "metadata", "apiVersion", "kind"}:
        _keep(new, old, name)
    if resource.custom is None:
        _keep_metadata(new, old, ("deletionTimestamp",))
        return
    managed = new["metadata"].get("managedFields")
    revision = new["metadata"].get("resourceVersion")
    new["metadata"] = dict(old["metadata"])
    if managed is not None:
        new["metadata"]["managedFields"] = managed
    if revision is not None:
        new["metadata"]["resourceVersion"] = revision


def _keep_metadata(new: Manifest, old: Manifest, names: tuple[str, ...]) -> None:
    for name in names:
        _keep(new["metadata"], old["metadata"], name)


def _keep(new: Manifest, old: Manifest, name: str) -> None:
    if name in old:
        new[name] = old[name]
    else:
        new.pop(name, None)


def _namespace(obj: Manifest) -> None:
    obj["status"] = {"phase": "Active"}
    finalizers = (obj.get("spec") or {}).get("finalizers") or []
    if "kubernetes" not in finalizers:
        finalizers = [*finalizers, "kubernetes"]
    obj["spec"] = {**(obj.get("spec") or {}), "finalizers": finalizers}
    labels = obj["metadata"].setdefault("labels", {})
    labels["kubernetes.io/metadata.name"] = obj["metadata"].get("name", "")


def _pending(obj: Manifest) -> None:
    obj["status"] = {"phase": "Pending"}


def _load_balancer(obj: Manifest) -> None:
    obj["status"] = {"loadBalancer": {}}


def _empty_status(obj: Manifest) -> None:
    obj["status"] = {}


_ON_CREATE: dict[str, Preparation] = {
    "/namespaces": _namespace,
    "/persistentvolumeclaims": _pending,
    "/persistentvolumes": _pending,
    "/pods": _pending,
    "/services": _load_balancer,
    "networking.k8s.io/ingresses": _load_balancer,
    "apps/deployments": _empty_status,
    "batch/jobs": _empty_status,
    "batch/cronjobs": _empty_status,
}
