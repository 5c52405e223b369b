"""The controllers in this process, where they can be given a clock and shorter times to wait."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from trueup.cluster import Client
from trueup.cluster.http import HttpTransport
from trueup.cluster.kubeconfig import cluster_config_from_file
from trueup.controllers.clock import Clock
from trueup.controllers.replicas.leader import lease_ref
from trueup.controllers.replicas.shard import Shard
from trueup.controllers.replicas.shards import Shards
from trueup.wiring import Controllers


class JumpingClock(Clock):
    """The wall clock, put forward or back by ``jump`` hours; steady seconds stay steady."""

    jump = 0.0

    def now(self) -> datetime:
        return super().now() + timedelta(hours=self.jump)


class InProcess:
    """As ``trueup controller``, but for its clock, and for ``timeout`` and ``silence`` in seconds."""

    def __init__(
        self, folder: Path, kubeconfig: Path, namespace: str, *, timeout: float, silence: float
    ) -> None:
        self.clock = JumpingClock()
        self.log = folder / "log"
        self._cache = folder / "cache"
        self._lease = lease_ref(namespace, "trueup-controller")
        config = cluster_config_from_file(str(kubeconfig))
        self._client = Client(HttpTransport(config, timeout=timeout, silence=silence))
        self._handler = logging.FileHandler(self.log)
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        logging.getLogger("trueup").addHandler(self._handler)
        logging.getLogger("trueup").setLevel(logging.INFO)
        shards = Shards(self._client, self._lease, clock=self.clock)
        self._task = asyncio.create_task(shards.run(self._work))

    async def _work(self, shard: Shard, client: Client) -> None:
        await Controllers(client, self._cache, self.clock, allow_local=True, shard=shard).run()

    async def kill(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        await self._client.close()
        logging.getLogger("trueup").removeHandler(self._handler)
        self._handler.close()
