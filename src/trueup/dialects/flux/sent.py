"""The form in which Flux sends an object, so that both own the same fields of it.

As fluxcd/pkg ``ssa/normalize``: where Flux knows the kind's type, an object goes through it. An
object that Flux would cut down to what its type knows is sent as it is, and the server says why not.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from trueup.objects import Manifest
from trueup.schema.typed import as_typed, is_typed
from trueup.schema.unknown import unknown_fields

_RBAC = "rbac.authorization.k8s.io/v1"
_DEFINITION = "CustomResourceDefinition"


def bring_into_form(obj: Manifest) -> None:
    """Change ``obj`` in place."""
    api_version, kind = obj.get("apiVersion"), obj.get("kind")
    if api_version == _RBAC and kind in ("Role", "ClusterRole"):
        return
    if is_typed(obj) and not unknown_fields(obj):
        as_typed(obj)
        for port in _ports(obj):
            port.setdefault("protocol", "TCP")
    obj["metadata"].pop("creationTimestamp", None)
    if kind != _DEFINITION:
        obj.pop("status", None)


def _ports(obj: Manifest) -> Iterator[dict[str, Any]]:
    """Ports whose protocol is part of what tells them apart."""
    spec = obj.get("spec") or {}
    if (obj["apiVersion"], obj["kind"]) == ("v1", "Service"):
        yield from spec.get("ports") or ()
    path = _PODS.get((obj["apiVersion"], obj["kind"]))
    if path is None:
        return
    for field in path:
        spec = spec.get(field) or {}
    for container in spec.get("containers") or ():
        yield from container.get("ports") or ()


_TEMPLATE = ("template", "spec")
_PODS: dict[tuple[str, str], tuple[str, ...]] = {
    ("v1", "Pod"): (),
    ("apps/v1", "Deployment"): _TEMPLATE,
    ("apps/v1", "StatefulSet"): _TEMPLATE,
    ("apps/v1", "DaemonSet"): _TEMPLATE,
    ("apps/v1", "ReplicaSet"): _TEMPLATE,
    ("batch/v1", "Job"): _TEMPLATE,
    ("batch/v1", "CronJob"): ("jobTemplate", "spec", *_TEMPLATE),
}
"""Where the spec of Pods lies within the spec."""
