"""What is remembered of one delivery beyond its status: applied objects, history, drift.

A ``DeliveryRecord`` (trueup.dev/v1alpha1) lies beside its delivery and is owned by it. The
values are frozen; an edit returns a new record, bounded in number and in bytes. Times are
RFC 3339 text as the API writes them, given by the caller.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any, TypeVar

import orjson

from trueup.objects import GroupVersionKind, Manifest, ObjectRef
from trueup.report.entries import AppliedObject, Drift, HistoryEntry

RECORD = GroupVersionKind("trueup.dev", "v1alpha1", "DeliveryRecord")

MAX_HISTORY = 50
MAX_DRIFTS = 100
MAX_BYTES = 200_000
"""Of history, and of drifts: the API refuses objects of more than some 1.5 MB."""
MAX_OBJECT_BYTES = 1_000_000
"""Of applied objects: some 4,000."""

_MAX_NAME = 253

Entry = TypeVar("Entry", AppliedObject, HistoryEntry, Drift)


@dataclass(frozen=True, slots=True)
class DeliveryRecord:
    """The memory of ``delivery``, whose uid is ``uid``."""

    delivery: ObjectRef
    uid: str
    objects: tuple[AppliedObject, ...] = ()
    """All of them; the manifest has as many as there is room for."""
    history: tuple[HistoryEntry, ...] = ()
    """Newest first."""
    drifts: tuple[Drift, ...] = ()
    """Newest first."""

    @classmethod
    def beside(cls, delivery: Mapping[str, Any]) -> DeliveryRecord:
        """An empty record for a live ``delivery``."""
        return cls(ObjectRef.of(delivery), str(delivery["metadata"].get("uid") or ""))

    @classmethod
    def from_manifest(cls, manifest: Mapping[str, Any]) -> DeliveryRecord:
        """Read a record; absent lists are empty, unknown fields are ignored."""
        owner = manifest.get("deliveryRef") or {}
        gvk = GroupVersionKind.of(str(owner.get("apiVersion") or ""), str(owner.get("kind") or ""))
        meta = manifest.get("metadata") or {}
        namespace, name = str(meta.get("namespace") or ""), str(owner.get("name") or "")
        owners = meta.get("ownerReferences") or ()
        return cls(
            delivery=ObjectRef(gvk.group, gvk.kind, namespace, name, gvk.version),
            uid=next((str(item.get("uid") or "") for item in owners), ""),
            objects=tuple(AppliedObject.of(item) for item in manifest.get("objects") or ()),
            history=tuple(HistoryEntry.of(item) for item in manifest.get("history") or ()),
            drifts=tuple(Drift.of(item) for item in manifest.get("drifts") or ()),
        )

    @property
    def ref(self) -> ObjectRef:
        """The identity of the record itself."""
        return record_ref(self.delivery)

    @property
    def is_empty(self) -> bool:
        return not (self.objects or self.history or self.drifts)

    def to_manifest(self) -> Manifest:
        owner = {
            "apiVersion": self.delivery.api_version,
            "kind": self.delivery.kind,
            "name": self.delivery.name,
        }
        manifest: Manifest = {
            "apiVersion": RECORD.api_version,
            "kind": RECORD.kind,
            "metadata": {
                "name": self.ref.name,
                "namespace": self.ref.namespace,
                "ownerReferences": [{**owner, "uid": self.uid}],
            },
            "deliveryRef": owner,
        }
        objects = _bounded(self.objects, len(self.objects), MAX_OBJECT_BYTES)
        if omitted := len(self.objects) - len(objects):
            manifest["omittedObjects"] = omitted
        lists: Mapping[str, Sequence[AppliedObject | HistoryEntry | Drift]] = {
            "objects": objects,
            "history": self.history,
            "drifts": self.drifts,
        }
        return manifest | {key: [e.to_json() for e in entries] for key, entries in lists.items()}

    def with_objects(self, objects: Iterable[AppliedObject]) -> DeliveryRecord:
        """The record of these objects only, in the order of their ids."""
        return replace(self, objects=tuple(sorted(objects, key=lambda item: item.id)))

    def with_history(self, entry: HistoryEntry) -> DeliveryRecord:
        return replace(self, history=_bounded((entry, *self.history), MAX_HISTORY))

    def with_drift(self, entry: Drift) -> DeliveryRecord:
        """Remember a drift; one that came back is counted and moves to the front."""
        before = next((drift for drift in self.drifts if drift.is_same(entry)), None)
        if before is not None:
            first = before.first_time or before.time
            entry = replace(entry, count=before.count + entry.count, first_time=first)
        others = (drift for drift in self.drifts if drift is not before)
        return replace(self, drifts=_bounded((entry, *others), MAX_DRIFTS))


def record_ref(delivery: ObjectRef) -> ObjectRef:
    """Where the record of ``delivery`` lies: ``<kind>-<name>`` in the same namespace."""
    name = f"{delivery.kind.lower()}-{delivery.name}"
    if len(name) > _MAX_NAME:
        digest = sha256(name.encode()).hexdigest()[:10]
        name = f"{name[: _MAX_NAME - 11]}-{digest}"
    return ObjectRef(RECORD.group, RECORD.kind, delivery.namespace, name, RECORD.version)


def record_of(manifest: Mapping[str, Any] | None, delivery: Mapping[str, Any]) -> DeliveryRecord:
    """The stored record, or an empty one where there is none for this very ``delivery``."""
    empty = DeliveryRecord.beside(delivery)
    if manifest is None:
        return empty
    found = DeliveryRecord.from_manifest(manifest)
    return found if found.uid == empty.uid else empty


def _bounded(entries: Sequence[Entry], most: int, most_bytes: int = MAX_BYTES) -> tuple[Entry, ...]:
    """The first entries that fit in number and in bytes; always the very first."""
    kept: list[Entry] = []
    room = most_bytes
    for entry in entries[:most]:
        room -= len(orjson.dumps(entry.to_json())) + 1  # a comma
        if room < 0 and kept:
            break
        kept.append(entry)
    return tuple(kept)
