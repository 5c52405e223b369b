"""A home of Trueup: its own control plane or a cluster, with Trueup as a process that can be killed."""

from __future__ import annotations

import os
from abc import abstractmethod
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from trueup.cluster import Client
from trueup.cluster.http import HttpTransport
from trueup.cluster.kubeconfig import cluster_config_from_file
from trueup.testing.child import Child


class Home(Child):
    """What tests do with either home. On a cluster, the API server outlives Trueup."""

    @property
    @abstractmethod
    def kubeconfig(self) -> Path:
        """Of a user who may do anything."""

    @asynccontextmanager
    async def client(self) -> AsyncIterator[Client]:
        """A client with the administrator's rights."""
        client = Client(HttpTransport(cluster_config_from_file(str(self.kubeconfig))))
        try:
            yield client
        finally:
            await client.close()

    def environment(self) -> Mapping[str, str]:
        """An environment in which ``trueup`` and ``kubectl`` speak to it."""
        return {**os.environ, "KUBECONFIG": str(self.kubeconfig)}
