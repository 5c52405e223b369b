"""The two homes of Trueup's resources, each with what can be done to it from outside."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Protocol

from trueup.cluster import Client, ClusterConfig
from trueup.cluster.http import HttpTransport
from trueup.cluster.kubeconfig import cluster_config_from_file
from trueup.testing.kube import API_SERVER, ETCD, KubeServer
from trueup.testing.plane import Plane


class Home(Protocol):
    """An API server that can be stopped."""

    name: str

    @property
    def kubeconfig(self) -> Path:
        """The administrator's."""
        ...

    async def kill(self) -> None:
        """The API server ends at once; what it stored stays."""
        ...

    async def start(self) -> None:
        """It is up again, where it was."""
        ...

    def pause_store(self) -> None:
        """Nothing can be stored any more, and nothing is answered that asks the store."""
        ...

    def resume_store(self) -> None: ...


class RealHome:
    """kube-apiserver and etcd."""

    name = "real"

    def __init__(self, server: KubeServer) -> None:
        self._server = server
        self.kubeconfig = server.kubeconfig

    async def kill(self) -> None:
        await self._server.programs[API_SERVER].kill()

    async def start(self) -> None:
        await self._server.programs[API_SERVER].start()
        await self._server.wait_ready()

    def pause_store(self) -> None:
        self._server.programs[ETCD].pause()

    def resume_store(self) -> None:
        self._server.programs[ETCD].resume()


class EmbeddedHome:
    """Our own API server, whose store is in the same process: what stops it stops both."""

    name = "embedded"

    def __init__(self, plane: Plane) -> None:
        self.plane = plane

    @property
    def kubeconfig(self) -> Path:
        return self.plane.kubeconfig

    async def kill(self) -> None:
        await self.plane.kill()

    async def start(self) -> None:
        await self.plane.start()

    def pause_store(self) -> None:
        self.plane.pause()

    def resume_store(self) -> None:
        self.plane.resume()


def config_of(home: Home) -> ClusterConfig:
    return cluster_config_from_file(str(home.kubeconfig))


def nobody(config: ClusterConfig) -> ClusterConfig:
    """The same server, without credentials."""
    return ClusterConfig(server=config.server, ca=config.ca)


@asynccontextmanager
async def person(home: Home) -> AsyncIterator[Client]:
    """A client with all rights that goes to the API server directly, past the proxy."""
    client = Client(HttpTransport(config_of(home), timeout=20))
    try:
        yield client
    finally:
        await client.close()
