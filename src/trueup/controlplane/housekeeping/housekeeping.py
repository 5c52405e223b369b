"""All of housekeeping: started with the control plane, and stopped with it."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Protocol

from trueup.controlplane.housekeeping.accounts import Accounts
from trueup.controlplane.housekeeping.aggregation import Aggregation
from trueup.controlplane.housekeeping.events import Events
from trueup.controlplane.housekeeping.garbage import GarbageCollector
from trueup.controlplane.housekeeping.namespaces import Namespaces
from trueup.controlplane.registry.registry import Registry

_log = logging.getLogger(__name__)

_PAUSE = 5.0
"""Seconds before a controller that failed begins anew."""


class _Controller(Protocol):
    async def run(self) -> None: ...


class Housekeeping:
    """``certificate``: the authority's, in PEM."""

    def __init__(self, registry: Registry, certificate: str) -> None:
        self._controllers = (
            GarbageCollector(registry),
            Namespaces(registry),
            Accounts(registry, certificate),
            Events(registry, time.time),
            Aggregation(registry),
        )
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        self._tasks = [asyncio.create_task(keep_going(each)) for each in self._controllers]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []


async def keep_going(controller: _Controller, pause: float = _PAUSE) -> None:
    """Run ``controller`` for ever: nobody waits for it, so nobody else would see it end."""
    while True:
        try:
            await controller.run()
        except Exception:
            _log.exception("%s failed, again in %.0f s", type(controller).__name__, pause)
        await asyncio.sleep(pause)
