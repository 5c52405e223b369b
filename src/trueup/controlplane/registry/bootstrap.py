"""What every cluster has from the start: namespaces, roles, the API's own service."""

from __future__ import annotations

from importlib.resources import files

from trueup.controlplane.auth.user import MASTERS, User
from trueup.controlplane.registry.call import Call
from trueup.controlplane.registry.registry import Registry
from trueup.errors import AlreadyExists
from trueup.objects import Manifest, yaml

_SYSTEM = User("system:apiserver", groups=(MASTERS,))
_MANAGER = "kube-apiserver"


async def bootstrap(registry: Registry) -> None:
    """Create what is missing; what is there stays as it is."""
    text = files(__package__).joinpath("bootstrap.yaml").read_bytes()
    for obj in yaml.load_all(text):
        await _ensure(registry, obj)


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
        exempt=True,
    )
    if registry.store.latest(resource.bucket, call.key) is not None:
        return
    try:
        await registry.writer.create(call, obj)
    except AlreadyExists:
        return
