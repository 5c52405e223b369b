"""One request on its way through the proxy, and what can become of it."""

from __future__ import annotations

import asyncio
import ssl
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator

from trueup.testing.proxy.message import Request, answer_pieces


class Cut(Exception):
    """The connection ends here, without another byte."""


class Upstream:
    """A connection to the API server, opened when it is first needed, and anew once it is closed."""

    def __init__(self, host: str, port: int, context: ssl.SSLContext) -> None:
        self._address = host, port
        self._context = context
        self._streams: tuple[StreamReader, StreamWriter] | None = None

    async def streams(self) -> tuple[StreamReader, StreamWriter]:
        """Cut if the server cannot be reached."""
        if self._streams is None or self._streams[0].at_eof():
            self.abort()
            try:
                self._streams = await asyncio.open_connection(*self._address, ssl=self._context)
            except OSError as error:
                raise Cut from error
        return self._streams

    def abort(self) -> None:
        if self._streams is not None:
            self._streams[1].transport.abort()
            self._streams = None


class Downstream:
    """A connection of a client; once it is ``lost`` nothing is heard from it, nor of its end."""

    def __init__(self, reader: StreamReader, writer: StreamWriter) -> None:
        self.reader = reader
        self.lost = False
        self._writer = writer

    async def write(self, piece: bytes) -> None:
        if self.lost:
            await asyncio.Event().wait()
        self._writer.write(piece)
        await self._writer.drain()

    def abort(self) -> None:
        self._writer.transport.abort()


class Exchange:
    """A request of a client, which waits for what a fault makes of it."""

    def __init__(self, request: Request, client: Downstream, upstream: Upstream) -> None:
        self.request = request
        self._client = client
        self._upstream = upstream

    async def deliver(self, part: float = 1.0) -> None:
        """Send the request to the server, or the first ``part`` of it."""
        _, server = await self._upstream.streams()
        raw = self.request.raw
        server.write(raw[: int(len(raw) * part)])
        await server.drain()

    async def answer(self) -> AsyncIterator[bytes]:
        """What the server answers, piece by piece."""
        reader, _ = await self._upstream.streams()
        async for piece in answer_pieces(reader, self.request):
            yield piece

    async def show(self, piece: bytes) -> None:
        """Let the client have ``piece``."""
        await self._client.write(piece)

    async def pass_on(self) -> None:
        """As if there were no proxy."""
        await self.deliver()
        async for piece in self.answer():
            await self.show(piece)
