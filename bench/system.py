"""Everything that is measured, in this process: control plane, simulation and controllers."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from trueup.cli.running import collect_garbage_rarely
from trueup.cluster import Answer, Client, Transport
from trueup.cluster.transport import Query
from trueup.controllers.clock import Clock
from trueup.controlplane.control_plane import ControlPlane
from trueup.controlplane.inprocess import InProcessTransport
from trueup.controlplane.simulation import simulation_of
from trueup.wiring import CONTROLLER, Controllers, prepare


class CountingTransport:
    """Hands requests on, and counts them by method; a watch counts when it is opened."""

    def __init__(self, inner: Transport) -> None:
        self._inner = inner
        self.calls: Counter[str] = Counter()

    async def request(
        self, method: str, path: str, query: Query, headers: Mapping[str, str], body: bytes | None
    ) -> Answer:
        self.calls[method] += 1
        return await self._inner.request(method, path, query, headers, body)

    @asynccontextmanager
    async def stream(
        self, path: str, query: Query, headers: Mapping[str, str]
    ) -> AsyncIterator[AsyncIterator[bytes]]:
        self.calls["WATCH"] += 1
        async with self._inner.stream(path, query, headers) as lines:
            yield lines

    async def close(self) -> None:
        await self._inner.close()


class System:
    """A running Trueup. ``client`` is ours, as an administrator's; its calls are not counted."""

    def __init__(self, folder: Path) -> None:
        self.plane = ControlPlane(folder / "data")
        self._counting = CountingTransport(InProcessTransport(self.plane, CONTROLLER))
        self.client = Client(InProcessTransport(self.plane, CONTROLLER))
        self.controllers = Controllers(
            Client(self._counting), folder / "data" / "cache", allow_local=True
        )

    @property
    def calls(self) -> Counter[str]:
        """API calls that the controllers have made, by method."""
        return self._counting.calls

    @property
    def renders(self) -> int:
        """RenderCache that were really made."""
        return self.controllers.deliveries.renderings.made


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[System]:
    """A system with its state in ``folder``, stopped at the end."""
    system = System(folder)
    await system.plane.start()
    try:
        await prepare(system.client, install_definitions=True)
        collect_garbage_rarely()
        tasks = [
            asyncio.create_task(simulation_of(system.plane, Clock()).run()),
            asyncio.create_task(system.controllers.run()),
        ]
        try:
            yield system
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
    finally:
        await system.plane.stop()
