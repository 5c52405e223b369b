"""Doing what a plan says, each step so that doing it twice is doing it once."""

from __future__ import annotations

from datetime import datetime

from trueup.cluster import Client
from trueup.controllers.definitions import install
from trueup.controllers.deliveries.memory import applied_objects
from trueup.dialects.flux.delivery_dialect import KUSTOMIZATIONS
from trueup.errors import AlreadyExists, NotFound
from trueup.migration.holdings import Holding, mend
from trueup.migration.plan import Define, Forget, ScaleDown, ScaleUp, Step, TakeOver
from trueup.migration.survey import acting_as
from trueup.report import DeliveryRecord, HistoryEntry
from trueup.report.times import timestamp

MANAGER = "trueup"


async def carry_out(client: Client, step: Step, now: datetime) -> None:
    match step:
        case ScaleDown(ref, patch) | ScaleUp(ref, patch):
            await client.patch(ref, patch, field_manager=MANAGER)
        case Define(definition):
            await install(client, [definition])
        case TakeOver():
            await _take_over(client, step, now)
        case Forget(record):
            await _forget(client, record)


async def _take_over(client: Client, step: TakeOver, now: datetime) -> None:
    resource = step.resource
    delivery = KUSTOMIZATIONS.delivery_of(resource)
    found = await mend(acting_as(client, delivery), delivery, step.holdings)
    remembered = {h.ref: h.remembered for h in found if h.remembered is not None}
    record = DeliveryRecord.beside(resource).with_objects(applied_objects(remembered))
    revision = KUSTOMIZATIONS.applied_revision(resource.get("status") or {})
    record = record.with_history(_entry(revision, found, timestamp(now)))
    try:
        await client.create(record.to_manifest(), field_manager=MANAGER)
    except AlreadyExists:
        return  # Trueup was quicker


def _entry(revision: str, found: list[Holding], now: str) -> HistoryEntry:
    left = [f"left {holding.ref}: {holding.why_left}" for holding in found if holding.why_left]
    message = f"taken over from Flux: {len(found) - len(left)} of {len(found)} objects"
    return HistoryEntry(revision, now, now, "migration", "Applied", message, objects=tuple(left))


async def _forget(client: Client, record: DeliveryRecord) -> None:
    """Nothing hangs on a record: what was delivered stays as it is."""
    try:
        await client.delete(record.ref)
    except NotFound:
        return
