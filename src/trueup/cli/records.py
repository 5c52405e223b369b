"""Reading the records that lie beside deliveries."""

from __future__ import annotations

from trueup.cli.connection import Session
from trueup.cli.kinds import Selection, Subject
from trueup.errors import NotFound
from trueup.objects import ObjectRef
from trueup.report import RECORD, DeliveryRecord, record_ref


async def read_record(session: Session, subject: Subject) -> DeliveryRecord:
    """The record of one delivery; NotFound says whether the delivery or its record is missing."""
    manifest = await session.client.find(record_ref(subject.ref))
    if manifest is not None:
        return DeliveryRecord.from_manifest(manifest)
    await session.client.get(subject.ref)
    raise NotFound("has no record: Trueup has not delivered it", subject=str(subject))


async def read_records(
    session: Session, selection: Selection, namespace: str
) -> list[DeliveryRecord]:
    """The records of the chosen deliveries in ``namespace`` (empty: in all).

    Raises NotFound if a delivery that is named is not there at all.
    """
    listing = await session.client.list(RECORD, namespace)
    records = [DeliveryRecord.from_manifest(item) for item in listing.items]
    chosen = [record for record in records if _is_chosen(record.delivery, selection)]
    for name in set(selection.names) - {record.delivery.name for record in chosen}:
        await session.client.get(Subject(selection.kinds[0], session.namespace, name).ref)
    return chosen


def _is_chosen(delivery: ObjectRef, selection: Selection) -> bool:
    kinds = {kind.gvk.group_kind for kind in selection.kinds}
    return delivery.group_kind in kinds and (
        not selection.names or delivery.name in selection.names
    )
