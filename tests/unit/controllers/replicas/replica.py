"""Replicas on one control plane, each with a line to the server of its own, which can be cut."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

from tests.unit.controllers.conftest import PATIENCE, Stage
from trueup.cluster import Client
from trueup.controllers.clock import Clock
from trueup.controllers.replicas.leader import lease_ref
from trueup.controllers.replicas.lease import Terms
from trueup.controllers.replicas.shard import Shard
from trueup.controllers.replicas.shards import Shards, Work
from trueup.controlplane.inprocess import InProcessTransport
from trueup.errors import Unavailable
from trueup.testing.faults import Faults
from trueup.wiring import CONTROLLER

LEASE = lease_ref("default", "trueup-controller")
LEASES = "/leases"
QUICK = Terms(duration=10, deadline=7, retry=0.02)
"""Times of the hand-moved clock, but for the looks, which come often."""


class HandClock(Clock):
    """Steady seconds that only a test moves."""

    def __init__(self) -> None:
        self.at = 1000.0

    def seconds(self) -> float:
        return self.at

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.at, UTC)


class Replica:
    """One candidate with a line to the server of its own, which can be cut."""

    def __init__(
        self, stage: Stage, clock: Clock, terms: Terms = QUICK, *, shards: int = 1
    ) -> None:
        self.faults = Faults(InProcessTransport(stage.embedded.plane, CONTROLLER))
        self.client = Client(self.faults)
        self.election = Shards(self.client, LEASE, shards, clock=clock, terms=terms)
        self.busy: Counter[int] = Counter()
        """The shards that are worked on; never more than once each."""
        self.terms_begun = 0
        self.asked_last = ""
        """The method of the last request before the work ended."""
        self._task: asyncio.Task[None] | None = None

    def start(self, work: Work | None = None) -> None:
        self._task = asyncio.create_task(self.election.run(work or self.work))

    async def work(self, shard: Shard, client: Client) -> None:
        self.terms_begun += 1
        self.busy[shard.number] += 1
        try:
            await asyncio.Event().wait()
        finally:
            self.busy[shard.number] -= 1
            self.asked_last = self.faults.calls[-1][0]

    @property
    def works(self) -> bool:
        return self.busy.total() > 0

    def cut_off(self) -> None:
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
            self.faults.fail(method, "", Unavailable("cut off"), times=10**9)

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def kill(self) -> None:
        """As kill -9: nothing that it would say at its end reaches anybody."""
        self.cut_off()
        await self.stop()


async def looked(replica: Replica) -> None:
    """Returns when it has asked for the Lease a few times more, and had the answers."""
    before = len(replica.faults.calls)
    await so(lambda: len(replica.faults.calls) > before + 9)


async def so(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not holds():
            await asyncio.sleep(0.005)
