"""What admission reads of the server's own state."""

from __future__ import annotations

from collections.abc import Iterator

from trueup.controlplane.registry.codec import decode
from trueup.controlplane.registry.selectors import LabelTest
from trueup.controlplane.resources import Catalog, Resource
from trueup.controlplane.store import Store
from trueup.errors import NotFound
from trueup.objects import GroupVersionKind, Manifest


class World:
    """The store and the catalog, as matching and policies ask them."""

    def __init__(self, store: Store, catalog: Catalog) -> None:
        self._store = store
        self._catalog = catalog

    def namespace(self, name: str) -> Manifest:
        """NotFound if there is none."""
        found = self.get("/namespaces", name)
        if found is None:
            details = {"name": name, "kind": "namespaces"}
            raise NotFound(f'namespaces "{name}" not found', details=details)
        return found

    def equivalents(self, resource: Resource) -> Iterator[Resource]:
        return (other for other in self._catalog if other.bucket == resource.bucket)

    def resource_of(self, kind: GroupVersionKind) -> Resource | None:
        return next((found for found in self._catalog if found.gvk == kind), None)

    def get(self, bucket: str, key: str) -> Manifest | None:
        """As stored, including what is still on its way to the disk."""
        entry = self._store.latest(bucket, key)
        return decode(entry) if entry is not None else None

    def selected(self, resource: Resource, namespace: str, selects: LabelTest) -> list[Manifest]:
        """The objects of ``resource`` in ``namespace`` that a selector picks."""
        entries = self._store.bucket(resource.bucket).entries(resource.prefix(namespace))
        return [decode(entry) for entry in entries if selects(entry.labels or {})]
