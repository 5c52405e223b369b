"""What is remembered of each delivery, kept in its DeliveryRecord and written when it changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from trueup.cluster import Client, Informer
from trueup.errors import AlreadyExists, Conflict, NotFound
from trueup.objects import Manifest, ObjectRef
from trueup.objects.manifest import without_managed_fields
from trueup.plan import inventory
from trueup.plan.decide import Remembered
from trueup.report import RECORD, AppliedObject, DeliveryRecord, record_of, record_ref

MANAGER = "trueup"


class Memory:
    """The records of all deliveries. After the first look at one, our own copy is the truth."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._records: dict[ObjectRef, DeliveryRecord] = {}
        self._stored: dict[ObjectRef, DeliveryRecord] = {}
        self._versions: dict[ObjectRef, str] = {}
        self.resources: Informer[bytes] = Informer(client, RECORD, _packed)

    def record(self, delivery: Mapping[str, Any]) -> DeliveryRecord:
        ref = ObjectRef.of(delivery)
        known = self._records.get(ref)
        if known is not None and known.uid == delivery["metadata"].get("uid"):
            return known
        packed = self.resources.get(record_ref(ref))
        stored = None if packed is None else orjson.loads(packed)
        record = self._records[ref] = record_of(stored, delivery)
        if stored is not None:
            self._stored[ref] = record
            self._versions[ref] = stored["metadata"]["resourceVersion"]
        return record

    def remembered(self, delivery: Mapping[str, Any]) -> dict[ObjectRef, Remembered]:
        """What was applied, by object."""
        return {
            ref: Remembered(item.uid, item.sent, item.live, item.guarded)
            for item in self.record(delivery).objects
            if (ref := item.ref) is not None
        }

    def stored_objects(self, delivery: ObjectRef) -> set[ObjectRef]:
        """What was applied of a delivery, as its stored record tells: for those of others."""
        packed = self.resources.get(record_ref(delivery))
        if packed is None:
            return set()
        objects = DeliveryRecord.from_manifest(orjson.loads(packed)).objects
        return {ref for item in objects if (ref := item.ref) is not None}

    def change(self, record: DeliveryRecord) -> None:
        """Remember ``record`` from now on; ``store`` writes it."""
        self._records[record.delivery] = record

    async def store(self, delivery: ObjectRef) -> None:
        """Write the record if it changed since it was written, and says anything."""
        record, stored = self._records.get(delivery), self._stored.get(delivery)
        if record is None or record == stored or (stored is None and record.is_empty):
            return
        written = await self._write(record.to_manifest(), self._versions.get(delivery, ""))
        self._stored[delivery] = record
        self._versions[delivery] = written["metadata"]["resourceVersion"]

    async def _write(self, manifest: Manifest, version: str) -> Manifest:
        """Over what is there, whatever that is: our own copy is the truth."""
        try:
            return await self._write_over(manifest, version)
        except (NotFound, AlreadyExists, Conflict):
            live = await self._client.find(ObjectRef.of(manifest))
            known = live["metadata"]["resourceVersion"] if live else ""
            return await self._write_over(manifest, known)

    async def _write_over(self, manifest: Manifest, version: str) -> Manifest:
        """Replace that version; without one, create. Custom resources have no blind replace."""
        if not version:
            return await self._client.create(manifest, field_manager=MANAGER)
        versioned = {**manifest["metadata"], "resourceVersion": version}
        return await self._client.replace(
            {**manifest, "metadata": versioned}, field_manager=MANAGER
        )

    def forget(self, delivery: ObjectRef) -> None:
        self._records.pop(delivery, None)
        self._stored.pop(delivery, None)
        self._versions.pop(delivery, None)


def _packed(stored: Manifest) -> bytes:
    """Bytes: a record is read once, at the first look at its delivery, and kept all the time."""
    return bytes(memoryview(orjson.dumps(without_managed_fields(stored))))


def applied_objects(remembered: Mapping[ObjectRef, Remembered]) -> Iterable[AppliedObject]:
    """What the record holds of each object."""
    for ref, known in remembered.items():
        entry = inventory.entry_of(ref)
        proofs = known.uid, known.sent, known.live, known.guarded
        yield AppliedObject(entry["id"], entry["v"], *proofs)
