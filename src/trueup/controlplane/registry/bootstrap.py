"""What every cluster has from the start: its namespaces."""

from __future__ import annotations

from trueup.controlplane.auth.user import MASTERS, User
from trueup.controlplane.registry.call import Call
from trueup.controlplane.registry.registry import Registry
from trueup.errors import AlreadyExists
from trueup.objects import Manifest

_SYSTEM = User("system:apiserver", groups=(MASTERS,))
_MANAGER = "kube-apiserver"
_NAMESPACES = ("default", "kube-node-lease", "kube-public", "kube-system")


async def bootstrap(registry: Registry) -> None:
    """Create what is missing; what is there stays as it is."""
    for name in _NAMESPACES:
        namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
        await _ensure(registry, namespace)


async def _ensure(registry: Registry, obj: Manifest) -> None:
    group = obj["apiVersion"].rpartition("/")[0]
    resource = registry.catalog.of_kind(group, obj["kind"])
    assert resource is not None
    metadata = obj["metadata"]
    call = Call(
        resource=resource,
        user=_SYSTEM,
        namespace=metadata.get("namespace", ""),
        name=metadata["name"],
        manager=_MANAGER,
    )
    if registry.store.latest(resource.bucket, call.key) is not None:
        return
    try:
        await registry.writer.create(call, obj)
    except AlreadyExists:
        return
