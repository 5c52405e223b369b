"""Just enough of HTTP/1.1 to know where a message ends."""

from __future__ import annotations

from asyncio import StreamReader
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

_PIECE = 64 * 1024
_BODILESS = (204, 304)


@dataclass(frozen=True, slots=True)
class Head:
    """A start line and its headers (names in lower case), with the bytes that they were."""

    start: str
    headers: Mapping[str, str]
    raw: bytes


@dataclass(frozen=True, slots=True)
class Request:
    """One whole request; ``target`` is path and query as they were sent."""

    head: Head
    body: bytes

    @property
    def method(self) -> str:
        return self.head.start.split(" ")[0]

    @property
    def target(self) -> str:
        return self.head.start.split(" ")[1]

    @property
    def is_watch(self) -> bool:
        return "watch=true" in self.target

    @property
    def raw(self) -> bytes:
        return self.head.raw + self.body


async def read_head(reader: StreamReader) -> Head:
    """IncompleteReadError where the other side has closed instead."""
    raw = await reader.readuntil(b"\r\n\r\n")
    start, *lines = raw.decode("latin-1").split("\r\n")[:-2]
    pairs = (line.partition(":") for line in lines)
    return Head(start, {name.lower(): value.strip() for name, _, value in pairs}, raw)


async def read_request(reader: StreamReader) -> Request:
    head = await read_head(reader)
    return Request(head, b"".join([piece async for piece in pieces(reader, head.headers)]))


async def answer_pieces(reader: StreamReader, request: Request) -> AsyncIterator[bytes]:
    """The answer to ``request`` as it comes in, bytes and framing untouched."""
    head = await read_head(reader)
    yield head.raw
    if request.method == "HEAD" or int(head.start.split(" ")[1]) in _BODILESS:
        return
    async for piece in pieces(reader, head.headers):
        yield piece


async def pieces(reader: StreamReader, headers: Mapping[str, str]) -> AsyncIterator[bytes]:
    """A body; without a length and not in chunks there is none, as in Kubernetes' API."""
    if headers.get("transfer-encoding") == "chunked":
        size = 1
        while size:
            line = await reader.readuntil(b"\r\n")
            size = int(line.split(b";")[0], 16)
            yield line + await reader.readexactly(size + 2)
        return
    left = int(headers.get("content-length") or 0)
    while left:
        piece = await reader.readexactly(min(left, _PIECE))
        left -= len(piece)
        yield piece
