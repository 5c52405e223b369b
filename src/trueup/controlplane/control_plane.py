"""The embedded control plane as one object: start it, call ``handle``, serve it, stop it."""

from __future__ import annotations

from pathlib import Path

from trueup.controlplane.discovery.server import Discovery
from trueup.controlplane.http.message import Request, Response
from trueup.controlplane.http.server import Server
from trueup.controlplane.registry.bootstrap import bootstrap
from trueup.controlplane.registry.codec import labels_of
from trueup.controlplane.registry.registry import Registry
from trueup.controlplane.resources import Catalog
from trueup.controlplane.store import Store

DATABASE = "trueup.db"


class ControlPlane:
    """Keeps everything under ``data_dir``. ``handle`` works between ``start`` and ``stop``."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._store: Store | None = None
        self._registry: Registry | None = None
        self._server: Server | None = None

    async def start(self) -> None:
        """Open the store, serve what it defines, and create what every cluster has."""
        self._data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._store = Store(self._data_dir / DATABASE, labels_of)
        catalog = Catalog()
        self._registry = Registry(self._store, catalog)
        self._registry.resume()
        self._server = Server(self._registry, Discovery(catalog))
        await bootstrap(self._registry)

    async def stop(self) -> None:
        """Write what is queued and close the store; watches end."""
        if self._registry is not None:
            await self._registry.cleanup.close()
        if self._store is not None:
            await self._store.close()
        self._store = self._registry = self._server = None

    async def handle(self, request: Request) -> Response:
        """Answer one request; never raises."""
        if self._server is None:
            raise RuntimeError("the control plane is not started; await start() first")
        return await self._server.handle(request)
