"""Standing by while a rival lives: two that keep the same resources true would fight for ever."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress

from trueup.cluster import Client
from trueup.controllers.clock import Clock
from trueup.controllers.replicas.rivals import Rivals, Sign
from trueup.errors import TrueupError
from trueup.report.events import event

log = logging.getLogger(__name__)

COMPONENT = "trueup"
REASON = "StandingBy"

HOW = "hand over with `trueup migrate --scale-down`, or scale it down to 0"


class Standby:
    """Does work while no exclusive one of ``rivals`` lives."""

    def __init__(self, client: Client, rivals: Rivals, clock: Clock | None = None) -> None:
        self._client = client
        self._rivals = rivals
        self._clock = clock or Clock()
        self._told: set[str] = set()

    async def run(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do ``work`` whenever we are alone, until cancelled, or until it ends by itself.

        It is cancelled when a rival appears, and begins anew when the last one is gone.
        """
        async with self._rivals.watched():
            while True:
                await self._wait_alone()
                if await self._do(work):
                    return

    async def _wait_alone(self) -> None:
        while signs := self._exclusive():
            await self._tell(signs)
            await self._rivals.wait_change()
        if self._told:
            log.info("nobody else works on these resources any more: going on")
        self._told.clear()

    async def _do(self, work: Callable[[], Awaitable[None]]) -> bool:
        """Whether the work ended before a rival appeared."""
        working = asyncio.ensure_future(work())
        watching = asyncio.create_task(self._wait_rival())
        try:
            await asyncio.wait((working, watching), return_when=asyncio.FIRST_COMPLETED)
            ended = working.done()
        finally:
            for task in (working, watching):
                task.cancel()
            await asyncio.wait((working, watching))
        if ended:
            working.result()
        return ended

    async def _wait_rival(self) -> None:
        while not self._exclusive():
            await self._rivals.wait_change()

    def _exclusive(self) -> list[Sign]:
        return [sign for sign in self._rivals.signs() if sign.rival.exclusive]

    async def _tell(self, signs: Iterable[Sign]) -> None:
        """Each sign once: in the log, and as an Event of what gives it, which nobody fights over."""
        for sign in signs:
            if (text := str(sign)) not in self._told:
                self._told.add(text)
                log.warning("standing by: %s; %s", text, HOW)
                await self._write_event(sign)

    async def _write_event(self, sign: Sign) -> None:
        ref = sign.ref
        about = {
            "apiVersion": ref.api_version,
            "kind": ref.kind,
            "metadata": {"namespace": ref.namespace, "name": ref.name, "uid": sign.uid},
        }
        text = f"Trueup stands by: {sign.rival.name} runs; {HOW}"
        item = event(about, REASON, text, component=COMPONENT, now=self._clock.now(), warning=True)
        with suppress(TrueupError):  # the log has said it
            await self._client.create(item, field_manager=COMPONENT)
