"""All of housekeeping: started with the control plane, and stopped with it."""

from __future__ import annotations

import asyncio
import time

from trueup.controlplane.housekeeping.accounts import Accounts
from trueup.controlplane.housekeeping.aggregation import Aggregation
from trueup.controlplane.housekeeping.events import Events
from trueup.controlplane.housekeeping.garbage import GarbageCollector
from trueup.controlplane.housekeeping.namespaces import Namespaces
from trueup.controlplane.registry.registry import Registry


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
        self._tasks = [asyncio.create_task(each.run()) for each in self._controllers]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
