"""A real HTTP server that answers as a test says."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from trueup.cluster import Client, ClusterConfig
from trueup.cluster.discovery import Catalogue, Resource
from trueup.cluster.http import HttpTransport

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Connect = Callable[..., Awaitable[Client]]

CONFIG_MAPS = Resource("", "v1", "configmaps", "ConfigMap", namespaced=True)


class KnownKinds(Client):
    """A client that need not ask what is served."""

    async def discover(self) -> Catalogue:
        self._served.catalogue = Catalogue([CONFIG_MAPS])
        return self._served.catalogue


@pytest.fixture
async def connect() -> AsyncIterator[Connect]:
    """``await connect(handler)``: a client of a server that answers every request by it."""
    opened: list[HttpTransport | TestServer] = []

    async def connect(
        handler: Handler, *, timeout: float = 10, silence: float = 10, token: str = ""
    ) -> Client:
        async def handle(request: web.Request) -> web.StreamResponse:
            return await handler(request)

        app = web.Application()
        app.router.add_route("*", "/{path:.*}", handle)
        server = TestServer(app)
        await server.start_server()
        config = ClusterConfig(server=str(server.make_url("")), token=token)
        transport = HttpTransport(config, timeout=timeout, silence=silence)
        opened.extend([transport, server])
        return KnownKinds(transport)

    yield connect
    for each in opened:
        await each.close()
