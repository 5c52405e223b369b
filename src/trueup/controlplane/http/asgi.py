"""The server behind a socket: ASGI messages to requests, responses to ASGI messages."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from typing import Any, TypeAlias
from urllib.parse import parse_qsl, unquote

from trueup.controlplane.auth.user import User
from trueup.controlplane.http.message import Request, Response
from trueup.controlplane.http.warnings import warning_header

Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
Handle: TypeAlias = Callable[[Request], Awaitable[Response]]

_LARGEST_BODY = 3 * 1024 * 1024
"""As much as the apiserver reads of a request."""

_COMPRESS_FROM = 128 * 1024
"""Smaller answers go faster uncompressed; the apiserver's threshold."""

_TOO_LARGE = b'{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"Request entity too large: limit is 3145728","reason":"RequestEntityTooLarge","code":413}'


class Application:
    """An ASGI 3 application around ``handle``."""

    def __init__(self, handle: Handle) -> None:
        self._handle = handle

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        headers = _headers(scope)
        body = await _body(receive)
        if body is None:
            refusal = Response(413, {"content-type": "application/json"}, _TOO_LARGE)
            await _send_whole(refusal, _TOO_LARGE, scope["method"], send)
            return
        request = Request(
            method=scope["method"],
            path=unquote(scope.get("raw_path", b"").decode("latin-1")) or scope["path"],
            query=parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True),
            headers=headers,
            body=body,
            user=_certified_user(scope),
        )
        response = await self._handle(request)
        if isinstance(response.body, bytes):
            whole = _compressed(response, response.body, headers)
            await _send_whole(response, whole, request.method, send)
        else:
            await _send_stream(response, response.body, receive, send)


def _headers(scope: Scope) -> dict[str, str]:
    """Lower-case names; values of repeated headers joined by a newline, which none can hold."""
    headers: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}\n{value}" if name in headers else value
    return headers


async def _body(receive: Receive) -> bytes | None:
    """The whole body, or None when it is too large."""
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return b"".join(chunks)
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > _LARGEST_BODY:
            return None
        chunks.append(chunk)
        if not message.get("more_body"):
            return b"".join(chunks)


def _certified_user(scope: Scope) -> User | None:
    """Who the client's certificate names, where the connection has one."""
    found: User | None = scope.get("extensions", {}).get("trueup.client_user")
    return found


def _compressed(response: Response, body: bytes, headers: dict[str, str]) -> bytes:
    if len(body) < _COMPRESS_FROM or "gzip" not in headers.get("accept-encoding", ""):
        return body
    response.headers["content-encoding"] = "gzip"
    response.headers["vary"] = "Accept-Encoding"
    return gzip.compress(body, compresslevel=1)


def _start(response: Response, length: int | None) -> Message:
    headers = [(name.encode(), value.encode("latin-1")) for name, value in response.headers.items()]
    if "cache-control" not in response.headers:
        headers.append((b"cache-control", b"no-cache, private"))
    headers += [(b"warning", warning_header(text).encode()) for text in response.warnings]
    if length is not None:
        headers.append((b"content-length", str(length).encode()))
    return {"type": "http.response.start", "status": response.status, "headers": headers}


async def _send_whole(response: Response, body: bytes, method: str, send: Send) -> None:
    await send(_start(response, len(body)))
    await send({"type": "http.response.body", "body": b"" if method == "HEAD" else body})


async def _send_stream(
    response: Response, pieces: AsyncIterator[bytes], receive: Receive, send: Send
) -> None:
    """Send what comes until it ends or the client goes."""
    await send(_start(response, None))
    # An empty piece flushes the head, so that a client knows that its watch has begun.
    await send({"type": "http.response.body", "body": b"", "more_body": True})
    sender = asyncio.create_task(_pump(pieces, send))
    gone = asyncio.create_task(_disconnected(receive))
    await asyncio.wait({sender, gone}, return_when=asyncio.FIRST_COMPLETED)
    for task in (sender, gone):
        task.cancel()
    await asyncio.gather(sender, gone, return_exceptions=True)


async def _pump(pieces: AsyncIterator[bytes], send: Send) -> None:
    try:
        async for piece in pieces:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
    finally:
        close = getattr(pieces, "aclose", None)
        if close is not None:
            await close()


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
