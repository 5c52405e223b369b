"""The clusters that deliveries go to: the one we live on, and those that kubeconfigs name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import sha256

from trueup.cluster import Client, HttpTransport, cluster_config_from_kubeconfig
from trueup.controllers.clock import Clock
from trueup.controllers.secrets import secret_data
from trueup.errors import InputError
from trueup.flow import Conventions, Target
from trueup.objects import ObjectRef
from trueup.observe.fights import Fights
from trueup.observe.watches import Watches

_DEFAULT_KEYS = ("value", "value.yaml")


@dataclass(frozen=True)
class Cluster:
    """One target as one identity: its client for writes, and what is live in it.

    All identities share what is watched, with our own.
    """

    client: Client
    watches: Watches
    fights: Fights


class Clusters:
    """Connections by kubeconfig; ``on_change`` hears which object changed in which of them."""

    def __init__(
        self,
        home: Client,
        conventions: Conventions,
        clock: Clock,
        on_change: Callable[[str, ObjectRef], None],
    ) -> None:
        self._home = home
        self._conventions = conventions
        self._clock = clock
        self._on_change = on_change
        self._connections: dict[str, Cluster] = {}

    async def key_of(self, target: Target) -> str:
        """Identifies the cluster of ``target``; empty for the one that we live on."""
        if target.kubeconfig is None:
            return ""
        return sha256(await self._kubeconfig(target)).hexdigest()

    async def cluster(self, target: Target) -> tuple[str, Cluster]:
        """The cluster, and its key. Raises InputError for a kubeconfig that cannot be used."""
        key = await self.key_of(target)
        connection = self._connections.get(key)
        if connection is None:
            client = self._home if not key else await self._connect(target)
            watches = Watches(
                client,
                self._conventions,
                lambda ref: self._on_change(key, ref),
                self._clock.now,
            )
            connection = self._connections[key] = Cluster(client, watches, Fights())
        if target.service_account:
            client = connection.client.impersonating(target.service_account)
            return key, replace(connection, client=client)
        return key, connection

    async def close(self) -> None:
        for key, connection in self._connections.items():
            await connection.watches.close()
            if key:
                await connection.client.close()
        self._connections.clear()

    async def _connect(self, target: Target) -> Client:
        content = await self._kubeconfig(target)
        config = cluster_config_from_kubeconfig(content, subject=str(target.kubeconfig))
        return Client(HttpTransport(config))

    async def _kubeconfig(self, target: Target) -> bytes:
        ref = target.kubeconfig
        assert ref is not None
        data = await secret_data(self._home, ref.namespace, ref.name)
        keys = (target.kubeconfig_key,) if target.kubeconfig_key else _DEFAULT_KEYS
        found = next((data[key] for key in keys if key in data), None)
        if found is None:
            raise InputError(f"has no key {' or '.join(keys)}", subject=str(ref))
        return found
