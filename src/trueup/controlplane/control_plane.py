"""The embedded control plane as one object: start it, call ``handle``, serve it, stop it."""

from __future__ import annotations

from pathlib import Path

from trueup.controlplane.auth.credentials import credentials, write_kubeconfig
from trueup.controlplane.discovery.server import Discovery
from trueup.controlplane.housekeeping.housekeeping import Housekeeping
from trueup.controlplane.http.access import open_access
from trueup.controlplane.http.asgi import Application
from trueup.controlplane.http.message import Request, Response
from trueup.controlplane.http.server import Server
from trueup.controlplane.http.serving import Listener
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
        self._listener: Listener | None = None
        self._store: Store | None = None
        self._registry: Registry | None = None
        self._server: Server | None = None
        self._housekeeping: Housekeeping | None = None

    async def start(self) -> None:
        """Open the store, serve what it defines, and create what every cluster has."""
        self._data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._store = Store(self._data_dir / DATABASE, labels_of)
        catalog = Catalog()
        self._registry = Registry(self._store, catalog)
        self._registry.resume()
        found = credentials(self._data_dir)
        self._housekeeping = Housekeeping(self._registry, found.ca.read_text())
        access = open_access(self._registry, found)
        self._server = Server(self._registry, Discovery(catalog), access)
        await bootstrap(self._registry)
        self._housekeeping.start()

    async def serve(self, host: str = "127.0.0.1", port: int = 0) -> str:
        """Listen with TLS, write the kubeconfig, and return the URL; port 0: a free one."""
        found = credentials(self._data_dir)
        self._listener = Listener(Application(self.handle), found, host, port)
        await self._listener.start()
        write_kubeconfig(self.kubeconfig, found, self._listener.url)
        return self._listener.url

    @property
    def kubeconfig(self) -> Path:
        """The administrator's kubeconfig; written by ``serve``."""
        return self._data_dir / "kubeconfig"

    async def stop(self) -> None:
        """End all connections and watches, write what is queued, close the store."""
        if self._listener is not None:
            await self._listener.stop()
            self._listener = None
        if self._housekeeping is not None:
            await self._housekeeping.stop()
        if self._registry is not None:
            await self._registry.cleanup.close()
            await self._registry.admission.chain.close()
        if self._store is not None:
            await self._store.close()
        self._store = self._registry = self._server = self._housekeeping = None

    async def handle(self, request: Request) -> Response:
        """Answer one request; never raises."""
        if self._server is None:
            raise RuntimeError("the control plane is not started; await start() first")
        return await self._server.handle(request)
