"""TLS to the API server: whom we trust, and how we show who we are."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.unit.cluster.conftest import KnownKinds
from trueup.cluster import ClusterConfig
from trueup.cluster.http import HttpTransport
from trueup.errors import Unavailable
from trueup.testing.certificates import Authority

Get = Callable[[ClusterConfig], Awaitable[str]]


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
async def config(authority: Authority) -> AsyncIterator[ClusterConfig]:
    """Of a server that asks for a client certificate, with all that is needed to reach it."""

    async def greet(_request: web.Request) -> web.Response:
        return web.json_response({"kind": "Greeting"})

    app = web.Application()
    app.router.add_get("/hello", greet)
    server = TestServer(app, scheme="https", host="127.0.0.1")
    await server.start_server(ssl=authority.server_context(asks_client=True))
    certificate, key = authority.issue("me")
    yield ClusterConfig(
        server=str(server.make_url("")),
        ca=authority.certificate.encode(),
        client_certificate=certificate.encode(),
        client_key=key.encode(),
    )
    await server.close()


async def greeting(config: ClusterConfig) -> str:
    client = KnownKinds(HttpTransport(config))
    try:
        return str((await client.get_raw("/hello"))["kind"])
    finally:
        await client.close()


async def test_a_server_of_our_authority_is_trusted_and_sees_our_certificate(
    config: ClusterConfig,
) -> None:
    assert await greeting(config) == "Greeting"


async def test_a_server_of_another_authority_is_refused(
    config: ClusterConfig, tmp_path: Path
) -> None:
    other = Authority(tmp_path).certificate.encode()
    with pytest.raises(Unavailable, match="certificate"):
        await greeting(replace(config, ca=other))


async def test_without_verification_any_server_will_do(config: ClusterConfig) -> None:
    assert await greeting(replace(config, ca=None, verify=False)) == "Greeting"


async def test_a_server_that_goes_by_another_name_is_refused(config: ClusterConfig) -> None:
    with pytest.raises(Unavailable, match="certificate"):
        await greeting(replace(config, server_name="api.example.com"))


async def test_without_a_certificate_the_server_refuses_us(config: ClusterConfig) -> None:
    with pytest.raises(Unavailable):
        await greeting(replace(config, client_certificate=None, client_key=None))
