"""The proxy that makes faults: transparent until it is told otherwise."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from trueup.cluster import ClusterConfig
from trueup.cluster.http import HttpTransport
from trueup.errors import Unavailable
from trueup.testing.certificates import Authority
from trueup.testing.proxy import FaultProxy, Matching, faults


class Bench:
    """A server that notes what arrives, the proxy, and a client of it."""

    def __init__(self, proxy: FaultProxy, arrived: list[tuple[str, str]]) -> None:
        self.proxy = proxy
        self.arrived = arrived
        ca = proxy.authority.certificate.encode()
        config = ClusterConfig(server=proxy.url, ca=ca, token="mine")
        self.client = HttpTransport(config, timeout=5)

    async def put(self, text: str) -> tuple[int, bytes]:
        answer = await self.client.request("PUT", "/api", [("a", "b c")], {}, text.encode())
        return answer.status, answer.body


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    arrived: list[tuple[str, str]] = []

    async def handle(request: web.Request) -> web.StreamResponse:
        arrived.append((request.headers["Authorization"], await request.text()))
        response = web.StreamResponse()  # in chunks
        await response.prepare(request)
        for piece in (b"you said ", str(request.url.query["a"]).encode()):
            await response.write(piece)
        return response

    for name in ("server", "proxy"):
        (tmp_path / name).mkdir()
    authority = Authority(tmp_path / "server")
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handle)
    server = TestServer(app, scheme="https")
    await server.start_server(ssl=authority.server_context())
    config = ClusterConfig(server=str(server.make_url("/")), ca=authority.certificate.encode())
    proxy = FaultProxy(config, tmp_path / "proxy")
    async with proxy.running():
        bench = Bench(proxy, arrived)
        yield bench
        await bench.client.close()
    await server.close()


async def test_what_no_fault_meets_passes_as_it_is(bench: Bench) -> None:
    assert await bench.put("x" * 200_000) == (200, b"you said b c")
    assert bench.arrived == [("Bearer mine", "x" * 200_000)]


async def test_a_fault_meets_only_what_matches_and_only_while_it_lasts(bench: Bench) -> None:
    refuse = faults.answering(409, "Conflict", "no")
    with bench.proxy.fault(Matching(("PUT",), "^/api$"), refuse):
        refused, _ = await bench.put("a")
    with bench.proxy.fault(Matching(("PATCH",)), refuse):
        passed, _ = await bench.put("b")
    assert (refused, passed, len(bench.arrived)) == (409, 200, 1)


async def test_an_answer_that_is_lost_was_an_answer_to_what_arrived(bench: Bench) -> None:
    with bench.proxy.fault(Matching(), faults.answer_lost), pytest.raises(Unavailable):
        await bench.put("a")
    assert ("Bearer mine", "a") in bench.arrived


async def test_half_a_request_does_not_count_as_one(bench: Bench) -> None:
    with bench.proxy.fault(Matching(), faults.half_sent), pytest.raises(Unavailable):
        await bench.put("a" * 1000)
    assert bench.arrived == []


async def test_a_connection_that_is_lost_stays_silent_and_the_next_one_is_fine(
    bench: Bench,
) -> None:
    await bench.put("a")
    bench.proxy.lose()
    with pytest.raises(Unavailable, match="it took too long"):
        await bench.put("b")
    assert await bench.put("c") == (200, b"you said b c")


async def test_every_request_is_counted(bench: Bench) -> None:
    await bench.put("a")
    assert bench.proxy.arrived_since(0) == ["PUT /api?a=b+c"]
