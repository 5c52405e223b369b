"""Whether a delivery's own identity may see what we, who watch for all, see on its behalf."""

from __future__ import annotations

from collections.abc import Iterable

from trueup.controllers.deliveries.clusters import Cluster
from trueup.flow import Delivery
from trueup.objects import ObjectRef

_Seen = dict[tuple[str, str, ObjectRef], str]
"""By account, cluster and object: the version that the account read ("" for none)."""


class ReadAccess:
    """Watches run with our identity, so what they show of other people's objects is first read
    once more by the delivery's account, each version of it.
    """

    def __init__(self) -> None:
        self._seen: dict[ObjectRef, _Seen] = {}

    async def check(
        self, delivery: Delivery, key: str, cluster: Cluster, refs: Iterable[ObjectRef]
    ) -> None:
        """Raises Forbidden if the account that ``delivery`` acts as may not read one of ``refs``."""
        account = delivery.target.service_account
        if not account:
            return
        before = self._seen.get(delivery.ref, {})
        now: _Seen = {}
        for ref in refs:
            live = cluster.watches.live(ref)
            version = live.resource_version if live else ""
            if before.get((account, key, ref)) != version:
                found = await cluster.client.find(ref)
                version = found["metadata"].get("resourceVersion", "") if found else ""
            now[account, key, ref] = version
        self._seen[delivery.ref] = now

    def forget(self, delivery: ObjectRef) -> None:
        self._seen.pop(delivery, None)
