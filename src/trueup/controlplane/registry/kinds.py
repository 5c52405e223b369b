"""What differs from kind to kind while an object is written: one door to all such rules."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from trueup.controlplane import defaults
from trueup.controlplane.registry import definitions
from trueup.controlplane.registry.call import Call
from trueup.controlplane.registry.conversion import convert
from trueup.controlplane.registry.strategies import reset_created, reset_updated
from trueup.controlplane.resources import Catalog, Resource
from trueup.controlplane.store import Store
from trueup.objects import Manifest
from trueup.schema import Schema, builtin

Listener: TypeAlias = Callable[[Manifest], None]
"""Told of a stored object once it is on disk, or removed from there."""

SERVICES = "/services"


class Rules:
    """Schemas, defaults, preparation, validation and conversion for every kind."""

    def __init__(self, store: Store, catalog: Catalog) -> None:
        self._catalog = catalog
        self._written: dict[str, list[Listener]] = {}
        self._removed: dict[str, list[Listener]] = {}
        self._services = defaults.ServiceAllocations()
        self.listen(SERVICES, self._services.observe, self._services.forget)

    def listen(self, bucket: str, written: Listener, removed: Listener) -> None:
        """Call ``written`` or ``removed`` with each object of ``bucket``, once it is on disk."""
        self._written.setdefault(bucket, []).append(written)
        self._removed.setdefault(bucket, []).append(removed)

    def schema(self, resource: Resource) -> Schema | None:
        """What the fields of the kind are; None where anything goes."""
        return builtin(resource.gvk) if resource.custom is None else None

    def complete(self, call: Call, obj: Manifest) -> None:
        """Drop what the schema does not know, and fill in defaults."""
        if call.resource.custom is None:
            defaults.apply_defaults(obj)

    def prepare_create(self, call: Call, obj: Manifest) -> None:
        reset_created(call.resource, obj)
        if call.resource.custom is None:
            defaults.prepare_create(obj, self._services)
        if call.resource.bucket == definitions.BUCKET:
            definitions.prepare(obj, self._catalog)

    def prepare_update(self, call: Call, new: Manifest, old: Manifest) -> None:
        reset_updated(call.resource, call.subresource, new, old)
        if call.resource.custom is None:
            defaults.prepare_update(new, old, self._services)
        if call.resource.bucket == definitions.BUCKET:
            definitions.prepare(new, self._catalog)

    def validate_create(self, call: Call, obj: Manifest) -> None:
        """Invalid with every cause at once."""

    def validate_update(self, call: Call, new: Manifest, old: Manifest) -> None:
        """Invalid with every cause at once."""

    def to_storage(self, resource: Resource, obj: Manifest) -> Manifest:
        return convert(obj, resource.gvk, resource.storage_gvk)

    def from_storage(self, resource: Resource, obj: Manifest) -> Manifest:
        return convert(obj, resource.storage_gvk, resource.gvk)

    def observe(self, bucket: str, obj: Manifest) -> None:
        """``obj`` is stored in ``bucket``."""
        for listener in self._written.get(bucket, ()):
            listener(obj)

    def forget(self, bucket: str, obj: Manifest) -> None:
        """``obj`` was removed from ``bucket``."""
        for listener in self._removed.get(bucket, ()):
            listener(obj)
