"""Who leads, found out without a clock: a leader that lives renews its Lease before our eyes."""

from __future__ import annotations

from dataclasses import dataclass

from trueup.cluster import Client, following
from trueup.controllers.leader import lease_ref
from trueup.controllers.lease import Terms
from trueup.errors import NotFound
from trueup.objects import Manifest, ObjectRef

NAME = "trueup-controller"
_GRACE_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Leadership:
    """``holder`` is empty if nobody holds the Lease; ``renews``: whether it was seen to renew."""

    ref: ObjectRef
    holder: str = ""
    renews: bool = False


async def leadership(client: Client, namespace: str) -> Leadership:
    """Watches the Lease for as long as its holder may take to renew it."""
    ref = lease_ref(namespace, NAME)
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


async def leases_in(client: Client, namespace: str) -> list[ObjectRef]:
    """All Leases of Trueup's controllers there."""
    first = lease_ref(namespace, NAME)
    found = [ObjectRef.of(lease) for lease in (await client.list(first.gvk, namespace)).items]
    return [ref for ref in found if ref.name.startswith(NAME)]


def _holder(lease: Manifest) -> str:
    return str((lease.get("spec") or {}).get("holderIdentity") or "")
