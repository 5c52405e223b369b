"""``trueup up`` as a child process: started, asked, stopped, or killed."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from trueup.cluster import Client
from trueup.cluster.http import HttpTransport
from trueup.cluster.kubeconfig import cluster_config_from_file
from trueup.testing.child import Child


class Up(Child):
    """One ``trueup up`` with its state in ``folder/data`` and its log in ``folder/log``."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder = folder
        self.data = folder / "data"
        arguments = ("up", "--data", str(self.data), *options)
        super().__init__(folder / "log", *arguments, sign="Trueup is up at")

    @property
    def kubeconfig(self) -> Path:
        return self.data / "kubeconfig"

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
