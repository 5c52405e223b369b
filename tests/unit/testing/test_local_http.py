"""HTTP servers of the tests leave nothing open behind them."""

from __future__ import annotations

import asyncio
import gc
import socket
import sys

import pytest
from aiohttp import web
from yarl import URL

from trueup.testing.local_http import local_http


async def answer(_request: web.Request) -> web.Response:
    return web.Response()


async def test_a_client_that_comes_as_the_server_ends_leaves_no_socket_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    left: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", left.append)
    async with local_http(answer) as url:
        client = socket.create_connection((URL(url).host, URL(url).port))
        for _ in range(2):  # it is accepted, and not more
            await asyncio.sleep(0)
    client.close()
    gc.collect()
    assert left == []
