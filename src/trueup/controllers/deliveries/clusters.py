"""The clusters that deliveries go to: the one we live on, and others that they name."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace

from trueup.apply import Objection, no_objection
from trueup.cluster import Client, ClusterConfig
from trueup.controllers.clock import Clock
from trueup.controllers.deliveries.ways import Ways
from trueup.controllers.in_use import InUse
from trueup.flow import Conventions, Delivery
from trueup.objects import ObjectRef
from trueup.observe.fights import Fights
from trueup.observe.watches import Watches


@dataclass(frozen=True)
class Cluster:
    """One target as one identity: its client for writes, and what is live in it.

    All identities share what is watched, with our own.
    """

    client: Client
    watches: Watches
    fights: Fights
    objection: Objection = no_objection


class Clusters:
    """Connections, each kept while a delivery uses it.

    ``on_change`` hears which object changed in which of them. ``objection`` is about objects in the
    cluster that we live on: we know of no other who works there.
    """

    def __init__(
        self,
        home: Client,
        ways: Ways,
        conventions: Conventions,
        clock: Clock,
        on_change: Callable[[str, ObjectRef], None],
        objection: Objection = no_objection,
    ) -> None:
        self.home = home
        self._ways = ways
        self._conventions = conventions
        self._clock = clock
        self._on_change = on_change
        self._objection = objection
        self._connections: InUse[Cluster] = InUse(
            self._drop, lambda connection, delivery: connection.watches.forget(delivery)
        )
        self._closing: set[asyncio.Task[None]] = set()

    async def cluster(self, delivery: Delivery) -> tuple[str, Cluster]:
        """Where ``delivery`` goes, as whom it acts there, and the key of that cluster.

        Raises as ``Ways.find``.
        """
        target = delivery.target
        if target.access is None:
            self._ways.forget(delivery.ref)
            key = ""
            connection = self._connections.use(delivery.ref, key, self._at_home)
        else:
            way = await self._ways.find(delivery, target.access)
            key = way.key
            connection = self._connections.use(
                delivery.ref, key, lambda: self._connect(key, way.config())
            )
        if target.service_account:
            client = connection.client.impersonating(target.service_account)
            return key, replace(connection, client=client)
        return key, connection

    def forget(self, delivery: ObjectRef) -> None:
        self._ways.forget(delivery)
        self._connections.leave(delivery)

    async def close(self) -> None:
        await self._ways.close()
        self._connections.clear()
        await asyncio.gather(*self._closing)

    def _at_home(self) -> Cluster:
        return self._watched("", self.home)

    def _connect(self, key: str, config: ClusterConfig) -> Cluster:
        from trueup.cluster.http import HttpTransport

        return self._watched(key, self.home.elsewhere(HttpTransport(config)))

    def _watched(self, key: str, client: Client) -> Cluster:
        watches = Watches(
            client, self._conventions, lambda ref: self._on_change(key, ref), self._clock.now
        )
        objection = no_objection if key else self._objection
        return Cluster(client, watches, Fights(), objection)

    def _drop(self, connection: Cluster) -> None:
        task = asyncio.create_task(self._close(connection))
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    async def _close(self, connection: Cluster) -> None:
        await connection.watches.close()
        if connection.client is not self.home:
            await connection.client.close()
