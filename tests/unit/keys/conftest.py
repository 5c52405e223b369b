"""Services that keep keys, on loopback."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Serve = Callable[[Mapping[str, Handler]], Awaitable[str]]


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """``await serve({"METHOD /path": handler})``: the URL of a server that answers these."""
    servers: list[TestServer] = []

    async def serve(handlers: Mapping[str, Handler]) -> str:
        app = web.Application()
        for place, handler in handlers.items():
            app.router.add_route(*place.split(" ", 1), handler)
        server = TestServer(app)
        await server.start_server()
        servers.append(server)
        return str(server.make_url("")).rstrip("/")

    yield serve
    for server in servers:
        await server.close()
