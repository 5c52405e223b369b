"""The clusters that deliveries go to: the one we live on, and those that kubeconfigs name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import sha256

from trueup.apply import Objection, no_objection
from trueup.cluster import Client, cluster_config_from_kubeconfig
from trueup.controllers.clock import Clock
from trueup.controllers.secrets import decoded_data
from trueup.errors import InputError
from trueup.flow import Conventions, Target
from trueup.objects import Manifest, ObjectRef
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
    objection: Objection = no_objection


class Clusters:
    """Connections by kubeconfig; ``on_change`` hears which object changed in which of them.

    ``objection`` is about objects in the cluster that we live on: we know of no other who works there.
    """

    def __init__(
        self,
        home: Client,
        conventions: Conventions,
        clock: Clock,
        on_change: Callable[[str, ObjectRef], None],
        objection: Objection = no_objection,
    ) -> None:
        self.home = home
        self._conventions = conventions
        self._clock = clock
        self._on_change = on_change
        self._objection = objection
        self._connections: dict[str, Cluster] = {}

    def cluster(self, target: Target, kubeconfig: Manifest | None) -> tuple[str, Cluster]:
        """The cluster, and its key; ``kubeconfig`` is the Secret that ``target`` names, if any.

        Raises InputError for a kubeconfig that cannot be used.
        """
        content = _kubeconfig(target, kubeconfig) if kubeconfig is not None else b""
        key = sha256(content).hexdigest() if content else ""
        connection = self._connections.get(key) or self._connect(key, content, target)
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

    def _connect(self, key: str, content: bytes, target: Target) -> Cluster:
        client = self.home
        if key:
            from trueup.cluster.http import HttpTransport

            config = cluster_config_from_kubeconfig(content, subject=str(target.kubeconfig))
            client = Client(HttpTransport(config))
        watches = Watches(
            client, self._conventions, lambda ref: self._on_change(key, ref), self._clock.now
        )
        objection = no_objection if key else self._objection
        connection = self._connections[key] = Cluster(client, watches, Fights(), objection)
        return connection


def _kubeconfig(target: Target, secret: Manifest) -> bytes:
    subject = str(target.kubeconfig)
    data = decoded_data(secret, subject)
    keys = (target.kubeconfig_key,) if target.kubeconfig_key else _DEFAULT_KEYS
    found = next((data[key] for key in keys if key in data), None)
    if found is None:
        raise InputError(f"has no key {' or '.join(keys)}", subject=subject)
    return found
