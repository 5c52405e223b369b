"""What a delivery has in its inventory, and how each of these objects stands."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from trueup.apply.takeover import takeover_patch
from trueup.cluster import Client
from trueup.errors import TrueupError
from trueup.flow import Delivery, Write
from trueup.objects import Manifest, ObjectRef, manifest
from trueup.observe.fingerprint import fingerprint
from trueup.plan.decide import Remembered

_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Holding:
    """One object of an inventory; ``why_left`` where nothing is noted of it."""

    ref: ObjectRef
    remembered: Remembered | None = None
    patch: tuple[dict[str, Any], ...] = ()
    """A JSON patch of who owns which field, for what was applied before server-side apply."""
    why_left: str = ""


async def holdings(client: Client, delivery: Delivery, refs: Iterable[ObjectRef]) -> list[Holding]:
    """How ``refs`` stand, read with the identity of ``client``."""
    slots = asyncio.Semaphore(_AT_ONCE)

    async def look(ref: ObjectRef) -> Holding:
        async with slots:
            try:
                live = await client.find(ref)
            except TrueupError as error:
                return Holding(ref, why_left=str(error))
        return _holding(delivery, ref, live)

    return list(await asyncio.gather(*map(look, refs)))


async def mend(client: Client, delivery: Delivery, found: Sequence[Holding]) -> list[Holding]:
    """Make ours, in name, the fields that our own name wrote before server-side apply."""
    return [await _mended(client, delivery, holding) for holding in found]


async def _mended(client: Client, delivery: Delivery, holding: Holding) -> Holding:
    if not holding.patch:
        return holding
    manager = delivery.conventions.manager
    try:
        live = await client.patch(
            holding.ref, list(holding.patch), type="json", field_manager=manager
        )
    except TrueupError as error:
        return Holding(holding.ref, why_left=str(error))
    return _holding(delivery, holding.ref, live)


def _holding(delivery: Delivery, ref: ObjectRef, live: Manifest | None) -> Holding:
    if live is None:
        return Holding(ref, why_left="is not there")
    conventions = delivery.conventions
    if any(manifest.labels(live).get(key) != value for key, value in delivery.labels.items()):
        return Holding(ref, why_left="is not marked as this delivery's")
    if conventions.controls(live).write is Write.NEVER:
        return Holding(ref, why_left="says to be left alone")
    # Not those of other managers: what they added stays until Git next changes the object.
    patch = takeover_patch(live, conventions.manager, ())
    owned = [step for step in patch if not step["path"].startswith("/metadata/annotations")]
    digest = fingerprint(live, conventions.manager)
    remembered = Remembered(live["metadata"].get("uid", ""), "", digest)
    return Holding(ref, remembered, tuple(owned))
