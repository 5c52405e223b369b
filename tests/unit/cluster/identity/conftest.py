"""A home that issues tokens, and clouds on loopback that speak as the real ones do."""

from __future__ import annotations

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

ISSUED = "a-token-of-the-home"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Serve = Callable[[Mapping[str, Handler]], Awaitable[str]]


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


@pytest.fixture
def ca(tmp_path: Path) -> str:
    """The certificate of the cluster's authority."""
    return Authority(tmp_path).certificate
