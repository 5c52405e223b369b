"""A home that issues tokens, and clouds on loopback that speak as the real ones do."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from trueup.cluster import Client
from trueup.cluster.identity import Account
from trueup.objects import Manifest, ObjectRef
from trueup.testing.certificates import Authority
from trueup.testing.patience import PATIENCE

ISSUED = "a-token-of-the-home"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Serve = Callable[..., Awaitable[str]]


class Home(Client):
    """Issues the same token to everybody, and notes for whom."""

    def __init__(self) -> None:
        self.audiences: list[str] = []

    async def create(self, obj: Manifest, **options: Any) -> Manifest:
        self.audiences += obj["spec"]["audiences"]
        return {"status": {"token": ISSUED, "expirationTimestamp": "2999-01-01T00:00:00Z"}}


@pytest.fixture
def home() -> Home:
    return Home()


@pytest.fixture
def account(home: Home) -> Callable[..., Account]:
    """``account({annotation: value})``: an account of ``home``."""
    ref = ObjectRef("", "ServiceAccount", "team", "deployer", "v1")
    return lambda annotations: Account(home, ref, annotations)


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """``await serve({"METHOD /path": handler}, tls)``: the URL of a server that answers these."""
    servers: list[TestServer] = []
    sockets: list[Any] = []

    @web.middleware
    async def remember(request: web.Request, handler: Handler) -> web.StreamResponse:
        assert request.transport is not None
        sockets.append(request.transport.get_extra_info("socket"))
        return await handler(request)

    async def serve(handlers: Mapping[str, Handler], tls: ssl.SSLContext | None = None) -> str:
        app = web.Application(middlewares=[remember])
        for place, handler in handlers.items():
            app.router.add_route(*place.split(" ", 1), handler)
        server = TestServer(app, scheme="https" if tls else "http")
        await server.start_server(ssl=tls)
        servers.append(server)
        return str(server.make_url("")).rstrip("/")

    yield serve
    for server in servers:
        await server.close()
    async with asyncio.timeout(PATIENCE):  # the end of TLS takes some turns of the loop
        while any(each.fileno() != -1 for each in sockets):
            await asyncio.sleep(0.01)


@pytest.fixture
def ca(tmp_path: Path) -> str:
    """The certificate of the cluster's authority."""
    return Authority(tmp_path).certificate
