"""What differs from kind to kind while an object is written: one door to all such rules."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

from trueup.controlplane import defaults
from trueup.controlplane.registry import definitions, refusals
from trueup.controlplane.registry.bodies import typed
from trueup.controlplane.registry.call import Call
from trueup.controlplane.registry.codec import decode
from trueup.controlplane.registry.conversion import convert
from trueup.controlplane.registry.strategies import reset_created, reset_updated
from trueup.controlplane.registry.strictness import decoding, report_unknown
from trueup.controlplane.resources import Catalog, Resource
from trueup.controlplane.store import Entry, Store
from trueup.controlplane.validation.builtin import change_problems, object_problems
from trueup.controlplane.validation.builtin.statuses import status_problems
from trueup.controlplane.validation.causes import Cause, immutable
from trueup.controlplane.validation.custom.definition import (
    definition_name_rule,
    validate_definition,
    validate_definition_update,
)
from trueup.controlplane.validation.custom.kind import CustomKind
from trueup.controlplane.validation.kind_names import name_rule
from trueup.controlplane.validation.metadata import (
    finalizer_warnings,
    validate_metadata,
    validate_metadata_update,
)
from trueup.controlplane.validation.warnings import object_warnings
from trueup.objects import Manifest
from trueup.schema import Schema, builtin

Listener: TypeAlias = Callable[[Manifest], None]
"""Told of a stored object once it is on disk, or removed from there."""

BucketListener: TypeAlias = Callable[[str, Manifest], None]
"""The same, told which bucket the object is of."""

SERVICES = "/services"

_WITHOUT_EFFECT = frozenset(
    {
        "admissionregistration.k8s.io/mutatingadmissionpolicies",
        "admissionregistration.k8s.io/mutatingadmissionpolicybindings",
    }
)
"""Kinds that are kept for whoever reads them, and nothing else."""


class Rules:
    """Schemas, defaults, preparation, validation and conversion for every kind."""

    def __init__(self, store: Store, catalog: Catalog) -> None:
        self._store = store
        self._catalog = catalog
        self._written: dict[str, list[Listener]] = {}
        self._removed: dict[str, list[Listener]] = {}
        self._custom: dict[tuple[str, str], CustomKind] = {}
        self._everything: list[tuple[BucketListener, BucketListener]] = []
        self._services = defaults.ServiceAllocations()
        self.listen(SERVICES, self._services.observe, self._services.forget)

    def listen(self, bucket: str, written: Listener, removed: Listener) -> None:
        """Call ``written`` or ``removed`` with each object of ``bucket``, once it is on disk."""
        self._written.setdefault(bucket, []).append(written)
        self._removed.setdefault(bucket, []).append(removed)

    def listen_to_all(self, written: BucketListener, removed: BucketListener) -> None:
        """As ``listen``, for every bucket."""
        self._everything.append((written, removed))

    def schema(self, resource: Resource) -> Schema | None:
        """What the fields of the kind are; None where anything goes."""
        custom = self.custom(resource)
        return builtin(resource.gvk) if custom is None else custom.schema

    def custom(self, resource: Resource) -> CustomKind | None:
        """What the definition of a custom resource says in this version; None if it is built in."""
        if resource.custom is None:
            return None
        key = (resource.bucket, resource.version)
        known = self._custom.get(key)
        if known is None or known.version is not resource.custom:
            known = self._custom[key] = CustomKind(resource.custom)
        return known

    def decode(self, call: Call, body: Any, *, is_applied: bool = False) -> Manifest:
        """``body`` as a complete object of the call's kind; BadRequest if it is none."""
        obj = typed(body, call, call.resource.gvk)
        self.complete(call, obj, is_applied=is_applied)
        return obj

    def complete(self, call: Call, obj: Manifest, *, is_applied: bool = False) -> None:
        """Drop what the schema does not know, and fill in defaults.

        ``is_applied``: ``obj`` was made by server-side apply, whose nulls are not read over.
        BadRequest, or a warning, for unknown fields as the call's field validation says.
        """
        forgets_owners = obj["metadata"].get("managedFields") == []
        self._complete(call, obj, is_applied=is_applied)
        if forgets_owners:  # an empty list is not the same as none, which decoding makes of it
            obj["metadata"]["managedFields"] = []

    def _complete(self, call: Call, obj: Manifest, *, is_applied: bool) -> None:
        custom = self.custom(call.resource)
        if custom is None:
            unknown = defaults.unknown_fields(obj)
            with decoding(call):
                defaults.apply_defaults(obj)
            report_unknown(call, unknown)
        else:
            self._complete_custom(call, obj, custom, is_applied=is_applied)

    def _complete_custom(
        self, call: Call, obj: Manifest, custom: CustomKind, *, is_applied: bool
    ) -> None:
        """What says that it is of another kind, which is refused later, is not held to the schema."""
        unknown = defaults.unknown_metadata(obj["metadata"])
        gvk = call.resource.gvk._replace(kind=obj["kind"])
        with decoding(call):
            defaults.normalize_metadata(obj)
            if gvk != call.resource.gvk:
                report_unknown(call, unknown, gvk)
                return
            for place, metadata in custom.embedded_metadata(obj):
                defaults.require_metadata(obj, metadata, place)
                within = defaults.unknown_metadata(metadata)
                unknown += [place + path.removeprefix("metadata") for path in within]
        report_unknown(call, [*unknown, *custom.complete(obj, keeps_nulls=is_applied)])

    @contextmanager
    def reserving(self, call: Call, obj: Manifest, old: Manifest | None = None) -> Iterator[None]:
        """What preparing ``obj`` reserves is given back unless it comes to be stored."""
        stored = False
        try:
            yield
            stored = not call.dry_run
        finally:
            if call.resource.bucket == SERVICES and not stored:
                self._services.forget(obj)
                live = self._store.latest(SERVICES, call.key) if old is not None else None
                if live is not None:  # which somebody else may have changed meanwhile
                    self._services.observe(decode(live))

    def prepare_create(self, call: Call, obj: Manifest) -> None:
        reset_created(call.resource, obj)
        custom = self.custom(call.resource)
        if custom is None:
            defaults.prepare_create(obj, self._allocator(call))
        elif custom.defaults_status:  # what is taken from the creator has its default again
            custom.complete(obj)
        if call.resource.bucket == definitions.BUCKET:
            definitions.prepare(obj, self._catalog)

    def _allocator(self, call: Call) -> defaults.ServiceAllocations | None:
        """None for a status, even if that creates its Service."""
        return None if call.subresource else self._services

    def prepare_update(self, call: Call, new: Manifest, old: Manifest) -> None:
        reset_updated(call.resource, call.subresource, new, old)
        if call.resource.custom is None:
            defaults.prepare_update(new, old, self._allocator(call))
        if call.resource.bucket == definitions.BUCKET:
            definitions.prepare(new, self._catalog)

    def validate_create(self, call: Call, obj: Manifest) -> None:
        """Invalid with every cause at once."""
        resource, custom = call.resource, self.custom(call.resource)
        defines = resource.bucket == definitions.BUCKET
        rule = definition_name_rule(obj) if defines else name_rule(resource.bucket)
        if custom is not None and (mistaken := _mistaken(resource, obj)):
            self._refuse(call, obj, mistaken)
        causes = validate_metadata(obj["metadata"], rule, namespaced=resource.namespaced)
        if custom is not None:
            causes += custom.validate_create(obj, causes)
        elif defines:
            causes += validate_definition(obj)
        else:
            causes += object_problems(resource.bucket, obj)
        if resource.bucket in _WITHOUT_EFFECT:
            call.warn(f"{resource.kind} has no effect on Trueup's own control plane")
        self._refuse(call, obj, causes)
        self._warn(call, obj, None)

    def validate_update(self, call: Call, new: Manifest, old: Manifest) -> None:
        """Invalid with every cause at once."""
        custom = self.custom(call.resource)
        causes = validate_metadata_update(new["metadata"], old["metadata"])
        if custom is not None and (mistaken := _mistaken(call.resource, new)):
            causes += mistaken
        elif custom is not None:
            causes += custom.validate_update(new, old, call.subresource, causes)
        elif call.subresource == "status":
            causes += status_problems(call.resource.bucket, new, old)
        elif call.subresource:
            pass  # what else a subresource changes, its own rules have seen
        elif call.resource.bucket == definitions.BUCKET:
            causes += validate_definition_update(new, old)
        else:
            causes += change_problems(call.resource.bucket, new, old)
        self._refuse(call, new, causes)
        self._warn(call, new, old)

    def _warn(self, call: Call, obj: Manifest, old: Manifest | None) -> None:
        """Of what is unwise, though it is taken."""
        if call.resource.custom is not None:
            before = old["metadata"] if old is not None else {}
            found: Iterable[str] = finalizer_warnings(obj["metadata"], before)
        else:
            found = object_warnings(call.resource.bucket, obj, old, call.subresource)
        for warning in found:
            call.warn(warning)

    def _refuse(self, call: Call, obj: Manifest, causes: list[Cause]) -> None:
        if causes:
            resource, name = call.resource, str(obj["metadata"].get("name") or "")
            group = resource.storage_gvk.group  # events are refused as those of the core
            if resource.custom is not None:
                group = obj["apiVersion"].rpartition("/")[0]
            raise refusals.invalid(group, obj["kind"], name, causes)

    def to_storage(self, resource: Resource, obj: Manifest) -> Manifest:
        return convert(obj, resource.gvk, resource.storage_gvk)

    def is_current(self, resource: Resource, entry: Entry) -> bool:
        """Whether the stored bytes are the object, in this version and by its present schema."""
        custom = resource.custom
        same_version = resource.gvk == resource.storage_gvk
        return same_version and (custom is None or entry.revision >= custom.since)

    def read(self, resource: Resource, entry: Entry) -> Manifest:
        """The stored object in this version; what a schema has come to say since is applied."""
        obj = convert(decode(entry), resource.storage_gvk, resource.gvk)
        custom = self.custom(resource)
        if custom is not None and not self.is_current(resource, entry):
            custom.complete(obj)
        return obj

    def observe(self, bucket: str, obj: Manifest) -> None:
        """``obj`` is stored in ``bucket``."""
        for listener in self._written.get(bucket, ()):
            listener(obj)
        for written, _ in self._everything:
            written(bucket, obj)

    def forget(self, bucket: str, obj: Manifest) -> None:
        """``obj`` was removed from ``bucket``."""
        for listener in self._removed.get(bucket, ()):
            listener(obj)
        for _, removed in self._everything:
            removed(bucket, obj)


def _mistaken(resource: Resource, obj: Manifest) -> list[Cause]:
    """What of its type a custom resource has wrong."""
    wanted = {"kind": resource.kind, "apiVersion": resource.api_version}
    return [
        cause
        for name, value in wanted.items()
        for cause in immutable(name, obj[name], value, f"must be {value}")
    ]
