"""What a settled world costs: nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from tests.unit.controlplane.simulation.cluster import Cluster, ManualClock
from tests.unit.controlplane.simulation.manifests import deployment, stateful_set
from trueup.cluster import Answer, Client
from trueup.cluster.transport import Query
from trueup.controlplane.auth.user import User
from trueup.controlplane.control_plane import ControlPlane
from trueup.controlplane.inprocess import InProcessTransport
from trueup.controlplane.simulation import Simulation
from trueup.testing.patience import PATIENCE


class Counting:
    """A transport that notes each write that goes through it."""

    def __init__(self, plane: ControlPlane, user: str, writes: list[str]) -> None:
        self._inner = InProcessTransport(plane, User(user, groups=("system:masters",)))
        self._writes = writes

    async def request(
        self, method: str, path: str, query: Query, headers: Mapping[str, str], body: bytes | None
    ) -> Answer:
        if method != "GET":
            self._writes.append(f"{method} {path}")
        return await self._inner.request(method, path, query, headers, body)

    def stream(
        self, path: str, query: Query, headers: Mapping[str, str]
    ) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        return self._inner.stream(path, query, headers)

    async def close(self) -> None:
        await self._inner.close()


async def test_a_restart_over_a_settled_world_writes_nothing(
    cluster: Cluster, tmp_path: Path
) -> None:
    await cluster.create(deployment(replicas=2))
    await cluster.create(stateful_set())
    await cluster.until("Deployment", lambda d: d["status"].get("availableReplicas") == 2)
    await cluster.until("StatefulSet", lambda s: s["status"].get("availableReplicas") == 2)
    await cluster.stop()
    writes: list[str] = []
    again = Simulation(lambda user: Client(Counting(cluster.plane, user, writes)), ManualClock())
    running = asyncio.create_task(again.run())
    async with asyncio.timeout(PATIENCE):
        while not again.is_idle:
            await asyncio.sleep(0)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert writes == []
