"""One replica's part in the election for one Lease: taking it, keeping it, giving it back.

Which Leases a replica tries to take is decided in ``shards``.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress

from trueup.cluster import Client
from trueup.controllers.clock import Clock
from trueup.controllers.replicas.lease import (
    SHARDS_ANNOTATION,
    Act,
    Sighting,
    Standing,
    Terms,
    decide,
    held,
    released,
)
from trueup.errors import AlreadyExists, Conflict, NotFound, TrueupError
from trueup.objects import Manifest, ObjectRef

log = logging.getLogger(__name__)

MANAGER = "trueup"


def lease_ref(namespace: str, name: str) -> ObjectRef:
    return ObjectRef("coordination.k8s.io", "Lease", namespace, name, "v1")


class Election:
    """The part of the replica ``me``, one of those with so many ``shards``, for the Lease ``ref``."""

    def __init__(
        self, client: Client, ref: ObjectRef, me: str, shards: int, clock: Clock, terms: Terms
    ) -> None:
        self.ref = ref
        self.me = me
        self._client = client
        self._shards = shards
        self._clock = clock
        self._terms = terms
        self._standing = Standing()
        self._is_known = False
        """Whether the last answer about the Lease was ours to count on: else look before a write."""
        self.problem = ""
        """Why it could not be renewed the last time, if it could not."""

    @property
    def leads(self) -> bool:
        return self._seconds_left() > 0

    @property
    def seen(self) -> Sighting | None:
        """The Lease as it was seen last."""
        return self._standing.seen

    def saw(self, lease: Manifest | None) -> None:
        """Take note of the Lease as the server just showed it; None if it is not there."""
        self._standing = self._standing.saw(lease, self._clock.seconds())
        self._is_known = True

    async def take(self) -> bool:
        """Write our name into the Lease, if it was free when it was last seen.

        Whether it is ours now. Raises TrueupError, a Conflict if somebody was quicker.
        """
        decision = decide(self._standing, self.me, self._clock.seconds(), self._terms)
        if decision.act in (Act.ACQUIRE, Act.RENEW):
            await self._write_name()
        return self.leads

    async def lead(self, work: Callable[[], Awaitable[None]]) -> bool:
        """Do ``work`` as long as the Lease is ours, and keep it so.

        Whether the work ended before the lead was lost; in either case both have ended.
        """
        working = asyncio.ensure_future(work())
        keeping = asyncio.create_task(self._keep())
        both = (working, keeping)
        try:
            done, _ = await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        finally:
            await _end(working)
            await _end(keeping)
            self._standing = self._standing.step_down()
        for task in done:
            task.result()
        return working in done

    async def release(self) -> None:
        """Give the Lease up if it is ours, also if we were not told that it is."""
        with suppress(TrueupError, TimeoutError):
            async with asyncio.timeout(self._terms.deadline):
                await self._look()
                seen = self._standing.seen
                if seen is not None and seen.version and seen.holder == self.me:
                    await self._write(released(seen, self._moment()))
                    log.info("%s has released %s", self.me, self.ref)
        self._standing = self._standing.step_down()

    async def _keep(self) -> None:
        """Returns when the lead is lost."""
        while True:
            await asyncio.sleep(min(self._terms.retry, self._seconds_left()))
            if not self.leads:  # at once: a question to the server might take its time
                return
            await self._renew()

    async def _renew(self) -> None:
        """Once, in the time that is left."""
        try:
            async with asyncio.timeout(self._seconds_left()):
                await self._try()
            self.problem = ""
        except (TrueupError, TimeoutError) as error:
            self._is_known = False
            if not self.problem:  # said once, not at every renewal that fails
                log.warning("%s: %s", self.ref, error or "no answer in time")
            self.problem = f"{self.ref}: {error or 'no answer in time'}"

    async def _try(self) -> None:
        if not self._is_known:
            await self._look()
        try:
            await self._act()
        except (AlreadyExists, Conflict, NotFound):  # is it somebody else's now?
            await self._look()
            await self._act()

    async def _look(self) -> None:
        self.saw(await self._client.find(self.ref))

    async def _act(self) -> None:
        decision = decide(self._standing, self.me, self._clock.seconds(), self._terms)
        if decision.act is Act.RENEW:
            await self._write_name()
        else:
            self._standing = self._standing.step_down()

    async def _write_name(self) -> None:
        await self._write(held(self._standing.seen, self.me, self._moment(), self._terms))

    async def _write(self, spec: Manifest) -> None:
        """Only over what was seen last: TrueupError if the Lease is another by now."""
        seen, sent = self._standing.seen, self._clock.seconds()
        manifest = _manifest(self.ref, spec, seen.version if seen else "", self._shards)
        write = self._client.replace if seen and seen.version else self._client.create
        lease = await write(manifest, field_manager=MANAGER)
        self._standing = self._standing.confirm(lease, sent=sent, now=self._clock.seconds())

    def _seconds_left(self) -> float:
        return self._standing.seconds_left(self._clock.seconds(), self._terms)

    def _moment(self) -> str:
        return self._clock.now().strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _manifest(ref: ObjectRef, spec: Manifest, version: str, shards: int) -> Manifest:
    metadata: Manifest = {
        "namespace": ref.namespace,
        "name": ref.name,
        "annotations": {SHARDS_ANNOTATION: str(shards)},
    }
    if version:
        metadata["resourceVersion"] = version
    return {
        "apiVersion": ref.gvk.api_version,
        "kind": ref.kind,
        "metadata": metadata,
        "spec": spec,
    }


async def _end(task: asyncio.Future[None]) -> None:
    """Cancel it, and wait until it has ended; its error is for whoever awaits it."""
    task.cancel()
    await asyncio.wait((task,))
