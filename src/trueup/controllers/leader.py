"""Work that only one of several replicas does: whoever holds the Lease.

A standby does nothing but look at the Lease: what it remembered would be old once it leads, and
a start from nothing costs one list of each kind.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress

from trueup.cluster import Client
from trueup.controllers.clock import Clock
from trueup.controllers.lease import Act, Decision, Standing, Terms, decide, held, released
from trueup.errors import AlreadyExists, Conflict, NotFound, TrueupError
from trueup.objects import Manifest, ObjectRef

log = logging.getLogger(__name__)

MANAGER = "trueup"
DEFAULT = Terms()


def lease_ref(namespace: str, name: str) -> ObjectRef:
    return ObjectRef("coordination.k8s.io", "Lease", namespace, name, "v1")


def new_identity() -> str:
    """A name for this process that no other has: not even the next one on this host."""
    return f"{socket.gethostname()}_{secrets.token_hex(8)}"


class Election:
    """One replica's part in the election for the Lease ``ref``."""

    def __init__(
        self,
        client: Client,
        ref: ObjectRef,
        *,
        clock: Clock | None = None,
        terms: Terms = DEFAULT,
    ) -> None:
        self.me = new_identity()
        self._client = client
        self._ref = ref
        self._clock = clock or Clock()
        self._terms = terms
        self._standing = Standing()
        self._is_known = False
        """Whether the last answer about the Lease was ours to count on: else look before a write."""
        self._said = ""
        self.problem = "has not seen the Lease yet"
        """Why this replica could not take over; empty while it leads, or could if it had to."""

    @property
    def leads(self) -> bool:
        return self._seconds_left() > 0

    async def run(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do ``work`` whenever this replica leads, until cancelled, or until it ends by itself.

        It is cancelled when the lead is lost, and begins anew when it is won again. In the end the
        Lease is released, so that the next one need not wait.
        """
        try:
            while True:
                await self._win()
                log.info("%s leads: it holds %s", self.me, self._ref)
                if await self._lead(work):
                    return
                log.warning(
                    "%s leads no more: %s was not renewed in time, or taken", self.me, self._ref
                )
        finally:
            await self._release()

    async def _win(self) -> None:
        while True:
            wait = await self.step()
            if self.leads:
                return
            await asyncio.sleep(wait)

    async def _lead(self, work: Callable[[], Awaitable[None]]) -> bool:
        """Whether the work ended before the lead was lost; both have ended then."""
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

    async def _keep(self) -> None:
        """Returns when the lead is lost."""
        while True:
            await asyncio.sleep(min(self._terms.retry, self._seconds_left()))
            if not self.leads:  # at once: a question to the server might take its time
                return
            await self.step()

    async def step(self) -> float:
        """Look, decide and act once; how many seconds to wait before the next time."""
        patience = self._seconds_left() or self._terms.deadline
        try:
            async with asyncio.timeout(patience):
                decision = await self._try()
        except (TrueupError, TimeoutError) as error:
            self._is_known = False
            self.problem = f"{self._ref}: {error or 'no answer in time'}"
            self._say(logging.WARNING, self.problem)
            return self._terms.retry
        self.problem = ""
        return decision.seconds or self._terms.retry

    async def _try(self) -> Decision:
        if not self._is_known:
            await self._look()
        try:
            return await self._act()
        except (AlreadyExists, Conflict, NotFound):  # somebody was quicker: is it another leader?
            await self._look()
            return await self._act()

    async def _look(self) -> None:
        lease = await self._client.find(self._ref)
        self._standing = self._standing.saw(lease, self._clock.seconds())
        self._is_known = True

    async def _act(self) -> Decision:
        decision = decide(self._standing, self.me, self._clock.seconds(), self._terms)
        if decision.act is Act.LOST:
            self._standing = self._standing.step_down()
        elif decision.act is Act.WAIT:
            self._is_known = False
            self._say(logging.INFO, f"waiting: {self._holder} leads, and holds {self._ref}")
        else:
            await self._write(held(self._standing.seen, self.me, self._moment(), self._terms))
            self._said = ""
        return decision

    async def _write(self, spec: Manifest) -> None:
        """Only over what was seen last: TrueupError if the Lease is another by now."""
        seen, sent = self._standing.seen, self._clock.seconds()
        manifest = _manifest(self._ref, spec, seen.version if seen else "")
        write = self._client.replace if seen and seen.version else self._client.create
        lease = await write(manifest, field_manager=MANAGER)
        self._standing = self._standing.confirm(lease, sent=sent, now=self._clock.seconds())

    async def _release(self) -> None:
        """Give the Lease up if it is ours, also if we were not told that it is."""
        with suppress(TrueupError, TimeoutError):
            async with asyncio.timeout(self._terms.deadline):
                await self._look()
                seen = self._standing.seen
                if seen is not None and seen.version and seen.holder == self.me:
                    await self._write(released(seen, self._moment()))
                    log.info("%s has released %s", self.me, self._ref)
        self._standing = self._standing.step_down()

    @property
    def _holder(self) -> str:
        return "nobody" if self._standing.seen is None else self._standing.seen.holder

    def _seconds_left(self) -> float:
        return self._standing.seconds_left(self._clock.seconds(), self._terms)

    def _moment(self) -> str:
        return self._clock.now().strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    def _say(self, level: int, text: str) -> None:
        """Once, not at every look."""
        if text != self._said:
            log.log(level, text)
        self._said = text


def _manifest(ref: ObjectRef, spec: Manifest, version: str) -> Manifest:
    metadata = {"namespace": ref.namespace, "name": ref.name}
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
