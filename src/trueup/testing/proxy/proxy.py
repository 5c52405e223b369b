"""The proxy itself: accepts, reads a request, and lets a fault or the server have it."""

from __future__ import annotations

import asyncio
import ssl
from asyncio import IncompleteReadError, Server, StreamReader, StreamWriter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from time import monotonic
from urllib.parse import urlsplit

from trueup.cluster import ClusterConfig
from trueup.testing.certificates import Authority
from trueup.testing.proxy.exchange import Cut, Downstream, Exchange, Upstream
from trueup.testing.proxy.faults import Fault, Matching
from trueup.testing.proxy.message import Request, read_request

_PASSING = (Cut, ConnectionError, IncompleteReadError, ssl.SSLError)
"""Ends a connection, on purpose or not; the client sees no more than that."""


class FaultProxy:
    """In front of the server that ``config`` names. ``folder`` gets its certificate."""

    def __init__(self, config: ClusterConfig, folder: Path) -> None:
        self._folder = folder
        self._host = urlsplit(config.server)
        self._trusted = config.ca
        self._faults: list[tuple[Matching, Fault]] = []
        self._server: Server | None = None
        self._connections: dict[asyncio.Task[None], Downstream] = {}
        self.arrivals: list[tuple[float, str]] = []
        """When each request came (steady seconds), and what it was."""
        self.url = ""
        self.authority = Authority(folder)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[FaultProxy]:
        """Listens on a free port of loopback while the block runs."""
        context = self.authority.server_context()
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, ssl=context)
        self.url = f"https://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        try:
            yield self
        finally:
            self._server.close()
            await self._end_connections()

    @contextmanager
    def fault(self, matching: Matching, fault: Fault) -> Iterator[None]:
        """While the block runs, ``fault`` gets the requests that match."""
        entry = (matching, fault)
        self._faults.append(entry)
        try:
            yield
        finally:
            self._faults.remove(entry)

    async def cut(self) -> None:
        """End every connection that is open now."""
        await self._end_connections()

    def lose(self) -> None:
        """Every connection that is open now becomes half-open; new ones are fine."""
        for client in self._connections.values():
            client.lost = True

    def arrived_since(self, moment: float) -> list[str]:
        return [what for when, what in self.arrivals if when >= moment]

    async def _end_connections(self) -> None:
        tasks = list(self._connections)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _accept(self, reader: StreamReader, writer: StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        client = self._connections[task] = Downstream(reader, writer)
        upstream = Upstream(self._host.hostname or "", self._host.port or 443, self._context())
        try:
            await self._converse(client, upstream)
        except (*_PASSING, asyncio.CancelledError):
            pass  # whoever cuts waits for this task, and nobody else does
        finally:
            del self._connections[task]
            upstream.abort()
            client.abort()

    async def _converse(self, client: Downstream, upstream: Upstream) -> None:
        while True:
            request = await read_request(client.reader)
            self.arrivals.append((monotonic(), f"{request.method} {request.target}"))
            answering = self._fault_for(request)(Exchange(request, client, upstream))
            if request.is_watch:
                await _while_there(client.reader, asyncio.ensure_future(answering))
                return
            await answering

    def _fault_for(self, request: Request) -> Fault:
        found = (fault for matching, fault in self._faults if matching(request))
        return next(found, Exchange.pass_on)

    def _context(self) -> ssl.SSLContext:
        """No certificate of a client: it proves itself by what it sends."""
        return ssl.create_default_context(cadata=(self._trusted or b"").decode())


async def _while_there(reader: StreamReader, answering: asyncio.Future[None]) -> None:
    """A watch may be silent for long, and its client leave meanwhile."""
    leaving = asyncio.ensure_future(reader.read(1))
    try:
        await asyncio.wait((answering, leaving), return_when=asyncio.FIRST_COMPLETED)
    finally:
        leaving.cancel()
        answering.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.gather(leaving, return_exceptions=True)
    with suppress(asyncio.CancelledError):
        await answering
