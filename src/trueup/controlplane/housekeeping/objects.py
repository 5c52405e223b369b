"""Stored objects as housekeeping reads and writes them."""

from __future__ import annotations

from collections.abc import Callable

from trueup.controlplane.auth.user import MASTERS, User
from trueup.controlplane.housekeeping.graph import Item
from trueup.controlplane.registry.call import Call
from trueup.controlplane.registry.codec import decode
from trueup.controlplane.registry.deleting import DeleteOptions
from trueup.controlplane.registry.registry import Registry
from trueup.errors import AlreadyExists, NotFound
from trueup.objects import Manifest

MANAGER = "kube-controller-manager"


class Objects:
    """Acts as ``user``, who may do anything."""

    def __init__(self, registry: Registry, user: str) -> None:
        self._registry = registry
        self._user = User(user, groups=(MASTERS,))

    def get(self, item: Item) -> Manifest | None:
        """As stored, including what is still on its way to the disk."""
        entry = self._registry.store.latest(item.bucket, item.key)
        return decode(entry) if entry is not None else None

    async def create(self, obj: Manifest) -> None:
        """Create a built-in object, unless it is there."""
        group, _, _ = obj["apiVersion"].rpartition("/")
        resource = self._registry.catalog.of_kind(group, obj["kind"])
        assert resource is not None
        metadata = obj["metadata"]
        namespace, name = metadata.get("namespace", ""), metadata["name"]
        call = Call(resource, self._user, namespace, name, manager=MANAGER)
        try:
            await self._registry.writer.create(call, obj)
        except AlreadyExists:
            return

    async def update(
        self, item: Item, change: Callable[[Manifest], Manifest], subresource: str = ""
    ) -> None:
        """Change the object, unless it is gone."""
        call = self._call(item)
        if call is None:
            return
        call.subresource = subresource
        try:
            await self._registry.writer.update(call, change)
        except NotFound:
            return

    async def delete(self, item: Item, options: DeleteOptions) -> None:
        """Delete the object, unless it is gone; Conflict when a precondition fails."""
        call = self._call(item)
        if call is None:
            return
        try:
            await self._registry.deleter.delete(call, options)
        except NotFound:
            return

    def _call(self, item: Item) -> Call | None:
        """None where the kind is not served any more."""
        resource = self._registry.catalog.of_bucket(item.bucket)
        if resource is None:
            return None
        namespace, _, name = item.key.rpartition("/")
        return Call(resource, self._user, namespace, name, manager=MANAGER)
