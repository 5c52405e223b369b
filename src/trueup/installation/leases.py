"""Who leads, found out without a clock: a leader that lives renews its Lease before our eyes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

from trueup.cluster import Client, following
from trueup.controllers.replicas.leader import lease_ref
from trueup.controllers.replicas.lease import Terms
from trueup.errors import NotFound
from trueup.objects import Manifest, ObjectRef

NAME = "trueup-controller"
_GRACE_SECONDS = 2.0
_SHARDS = "--shards="


@dataclass(frozen=True, slots=True)
class Leadership:
    """``holder`` is empty if nobody holds the Lease; ``renews``: whether it was seen to renew."""

    ref: ObjectRef
    holder: str = ""
    renews: bool = False


def leases_for(deployment: Manifest | None, namespace: str) -> list[ObjectRef]:
    """The Leases that the controllers of a Deployment must hold: one for each of its shards."""
    count = _shards(deployment or {})
    names = [NAME] if count == 1 else [f"{NAME}-{number}" for number in range(count)]
    return [lease_ref(namespace, name) for name in names]


async def leases_in(client: Client, namespace: str) -> list[ObjectRef]:
    """All Leases of Trueup's controllers that there are."""
    gvk = lease_ref(namespace, NAME).gvk
    found = [ObjectRef.of(lease) for lease in (await client.list(gvk, namespace)).items]
    return [ref for ref in found if ref.name == NAME or ref.name.startswith(f"{NAME}-")]


async def leaderships(client: Client, leases: Iterable[ObjectRef]) -> list[Leadership]:
    """Watches all of them at the same time, for as long as holders may take to renew."""
    return await asyncio.gather(*(_leadership(client, lease) for lease in leases))


async def _leadership(client: Client, ref: ObjectRef) -> Leadership:
    lease = await client.find(ref)
    holder = _holder(lease or {})
    if lease is None or not holder:
        return Leadership(ref)
    first = lease["spec"].get("renewTime")

    def decide(obj: Manifest) -> Leadership | None:
        if obj["spec"].get("renewTime") == first:
            return None
        return Leadership(ref, _holder(obj), renews=bool(_holder(obj)))

    patience = (lease["spec"].get("leaseDurationSeconds") or Terms().duration) + _GRACE_SECONDS
    try:
        return await following.until(client, ref, decide, timeout=patience)
    except (TimeoutError, NotFound):
        return Leadership(ref, holder)


def _holder(lease: Manifest) -> str:
    return str((lease.get("spec") or {}).get("holderIdentity") or "")


def _shards(deployment: Manifest) -> int:
    """How many the controllers are told to split the work into."""
    pod = ((deployment.get("spec") or {}).get("template") or {}).get("spec") or {}
    args = [arg for each in pod.get("containers") or () for arg in each.get("args") or ()]
    named = [arg.removeprefix(_SHARDS) for arg in args if arg.startswith(_SHARDS)]
    return int(named[-1]) if named and named[-1].isdecimal() else 1
