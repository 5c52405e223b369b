"""What differs from kind to kind while an object is written: one door to all such rules."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from trueup.controlplane.registry.admission import Admission
from trueup.controlplane.registry.call import Call
from trueup.controlplane.registry.conversion import convert
from trueup.controlplane.registry.strategies import prepare_create, prepare_update
from trueup.controlplane.resources import Resource
from trueup.objects import Manifest

Listener: TypeAlias = Callable[[Manifest], None]
"""Told of a stored object after it was written or removed."""


class Rules:
    """Defaults, validation, admission and conversion for every kind."""

    def __init__(self, admission: Admission) -> None:
        self._admission = admission
        self._written: dict[str, Listener] = {}
        self._removed: dict[str, Listener] = {}

    def listen(self, bucket: str, written: Listener, removed: Listener) -> None:
        """Call ``written`` or ``removed`` with each object of ``bucket``, once it is on disk."""
        self._written[bucket] = written
        self._removed[bucket] = removed

    def schema(self, resource: Resource) -> Any:
        return None

    def complete(self, call: Call, obj: Manifest) -> None:
        """Drop what the schema does not know, and fill in defaults."""

    def prepare_create(self, call: Call, obj: Manifest) -> None:
        prepare_create(call.resource, obj)

    def prepare_update(self, call: Call, new: Manifest, old: Manifest) -> None:
        prepare_update(call.resource, call.subresource, new, old)

    def admit_create(self, call: Call, obj: Manifest) -> None:
        self._admission.create(call, obj)

    def admit_update(self, call: Call, new: Manifest, old: Manifest) -> None:
        self._admission.update(call, new, old)

    def validate_create(self, call: Call, obj: Manifest) -> None:
        """Invalid with every cause at once."""

    def validate_update(self, call: Call, new: Manifest, old: Manifest) -> None:
        """Invalid with every cause at once."""

    def to_storage(self, resource: Resource, obj: Manifest) -> Manifest:
        return convert(obj, resource.gvk, resource.storage_gvk)

    def from_storage(self, resource: Resource, obj: Manifest) -> Manifest:
        return convert(obj, resource.storage_gvk, resource.gvk)

    def after_write(self, call: Call, obj: Manifest) -> None:
        listener = self._written.get(call.resource.bucket)
        if listener:
            listener(obj)

    def after_removal(self, call: Call, obj: Manifest) -> None:
        listener = self._removed.get(call.resource.bucket)
        if listener:
            listener(obj)
