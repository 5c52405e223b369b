"""What is remembered of each delivery, kept in its DeliveryRecord and written when it changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from trueup.cluster import Client, Informer
from trueup.errors import AlreadyExists, NotFound
from trueup.objects import Manifest, ObjectRef
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
        self.resources: Informer[Manifest] = Informer(client, RECORD, lambda obj: obj)

    def record(self, delivery: Mapping[str, Any]) -> DeliveryRecord:
        ref = ObjectRef.of(delivery)
        known = self._records.get(ref)
        if known is not None and known.uid == delivery["metadata"].get("uid"):
            return known
        stored = self.resources.get(record_ref(ref))
        record = self._records[ref] = record_of(stored, delivery)
        if stored is not None:
            self._stored[ref] = record
        return record

    def remembered(self, delivery: Mapping[str, Any]) -> dict[ObjectRef, Remembered]:
        """What was applied, by object."""
        found = {}
        for item in self.record(delivery).objects:
            ref = inventory.ref_of({"id": item.id, "v": item.version})
            if ref is not None:
                found[ref] = Remembered(item.uid, item.sent, item.live)
        return found

    def change(self, record: DeliveryRecord) -> None:
        """Remember ``record`` from now on; ``store`` writes it."""
        self._records[record.delivery] = record

    async def store(self, delivery: ObjectRef) -> None:
        """Write the record if it changed since it was written, and says anything."""
        record, stored = self._records.get(delivery), self._stored.get(delivery)
        if record is None or record == stored or (stored is None and record.is_empty):
            return
        manifest = record.to_manifest()
        first, second = self._client.replace, self._client.create
        if stored is None:
            first, second = second, first
        try:
            await first(manifest, field_manager=MANAGER)
        except (NotFound, AlreadyExists):
            await second(manifest, field_manager=MANAGER)
        self._stored[delivery] = record

    def forget(self, delivery: ObjectRef) -> None:
        self._records.pop(delivery, None)
        self._stored.pop(delivery, None)


def applied_objects(remembered: Mapping[ObjectRef, Remembered]) -> Iterable[AppliedObject]:
    """What the record holds of each object."""
    for ref, known in remembered.items():
        entry = inventory.entry_of(ref)
        yield AppliedObject(entry["id"], entry["v"], known.uid, known.sent, known.live)
