"""The HTTP transport: aiohttp, TLS, and whatever proves who we are."""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import aiohttp
import orjson
from aiohttp.abc import AbstractStreamWriter
from yarl import URL

from trueup.cluster import fence
from trueup.cluster.kubeconfig import ClusterConfig
from trueup.cluster.transport import Answer, Query, error_from_status
from trueup.errors import ApiError, Unavailable

MAX_LINE_BYTES = 64 * 1024 * 1024
"""A watch event larger than this ends the watch: no server sends one, a hostile one might."""

APPLY_PATCH = "application/apply-patch+yaml"

_NO_ANSWER = (TimeoutError, aiohttp.ClientError, OSError)

_SILENCE_SECONDS = 150
"""Without a byte for so long a watch counts as dead: bookmarks come every minute."""


class HttpTransport:
    """One connection pool to one API server.

    ``timeout`` is for a whole request, ``silence`` for a watch without a byte, both in seconds.
    """

    def __init__(
        self,
        config: ClusterConfig,
        *,
        timeout: float = 60,
        silence: float = _SILENCE_SECONDS,
        connections: int = 100,
    ) -> None:
        self._config = config
        self._base = config.server.rstrip("/")
        self._timeout = aiohttp.ClientTimeout(total=timeout, connect=10)
        self._silence = aiohttp.ClientTimeout(total=None, connect=10, sock_read=silence)
        self._connections = connections
        self._session: aiohttp.ClientSession | None = None

    async def request(
        self, method: str, path: str, query: Query, headers: Mapping[str, str], body: bytes | None
    ) -> Answer:
        try:
            try:
                return await self._request(method, path, query, headers, body)
            except aiohttp.ServerDisconnectedError:
                # The server closed a pooled connection as we took it. aiohttp itself sends most
                # methods again; an apply may come twice just as well.
                if headers.get("Content-Type") != APPLY_PATCH:
                    raise
                return await self._request(method, path, query, headers, body)
        except _NO_ANSWER as error:
            raise self._unavailable(error) from error

    async def _request(
        self, method: str, path: str, query: Query, headers: Mapping[str, str], body: bytes | None
    ) -> Answer:
        async with self._open().request(
            method,
            self._url(path, query),
            headers={**headers, **await self._config.auth_headers()},
            data=None if body is None else _Body(body),
            proxy=self._config.proxy_url or None,
            server_hostname=self._config.server_name or None,
            allow_redirects=False,
        ) as response:
            if response.status == 401:
                self._config.token_refused()
            content = await response.read()
            return Answer(response.status, content, _lower(response.headers))

    @asynccontextmanager
    async def stream(
        self, path: str, query: Query, headers: Mapping[str, str]
    ) -> AsyncIterator[AsyncIterator[bytes]]:
        try:
            response = await self._open().get(
                self._url(path, query),
                headers={**headers, **await self._config.auth_headers()},
                timeout=self._silence,
                proxy=self._config.proxy_url or None,
                server_hostname=self._config.server_name or None,
                allow_redirects=False,
            )
        except _NO_ANSWER as error:
            raise self._unavailable(error) from error
        async with response:
            if response.status == 401:
                self._config.token_refused()
            if response.status != 200:
                raise await _refusal(response)
            try:
                yield self._lines(response.content)
            finally:
                _hang_up(response)

    async def _lines(self, content: aiohttp.StreamReader) -> AsyncIterator[bytes]:
        rest = b""
        try:
            async for chunk in content.iter_any():
                *lines, rest = (rest + chunk).split(b"\n")
                for line in lines:
                    yield line
                if len(rest) > MAX_LINE_BYTES:
                    raise Unavailable(f"a watch event is larger than {MAX_LINE_BYTES} bytes")
        except _NO_ANSWER as error:
            raise self._unavailable(error) from error

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            await asyncio.sleep(0)  # lets the connector close its sockets before the loop ends
            self._session = None

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(
                limit=self._connections,
                ssl=self._config.ssl_context() or True,
                socket_factory=_socket_with_keepalive,
            )
            self._session = aiohttp.ClientSession(connector=connector, timeout=self._timeout)
        return self._session

    def _url(self, path: str, query: Query) -> URL:
        return URL(self._base + path, encoded=True).with_query(query)

    def _unavailable(self, error: BaseException) -> Unavailable:
        cause = f"no answer from the API server: {_why(error)}"
        step = "check that it runs, and that the kubeconfig names the right one"
        return Unavailable(f"{cause}; {step}", subject=self._base)


def _hang_up(response: aiohttp.ClientResponse) -> None:
    """End a watch in its middle: TLS would wait for a farewell that a server sends late or never."""
    if response.connection is not None and response.connection.transport is not None:
        response.connection.transport.abort()


class _Body(aiohttp.BytesPayload):
    """Asks whether it may still be sent when all is ready for it: of a write nothing is sent before."""

    async def write_with_length(
        self, writer: AbstractStreamWriter, content_length: int | None
    ) -> None:
        fence.check()
        await super().write_with_length(writer, content_length)


async def _refusal(response: aiohttp.ClientResponse) -> ApiError:
    text = await response.text()
    error = error_from_status(response.status, _decode(text), text[:200])
    asked = response.headers.get("Retry-After", "")
    error.retry_after = float(asked) if asked.isdecimal() else error.retry_after
    return error


def _lower(headers: Mapping[str, str]) -> dict[str, str]:
    """By names in lower case; what comes several times, as warnings do, is joined."""
    found: dict[str, str] = {}
    for name, value in headers.items():
        key = name.lower()
        found[key] = f"{found[key]}, {value}" if key in found else value
    return found


def _why(error: BaseException) -> str:
    """The cause of a failed connection in the system's words, not in the library's."""
    cause = getattr(error, "os_error", error)
    if isinstance(cause, TimeoutError):
        return "it took too long"
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted: {cause.verify_message}"
    if isinstance(cause, OSError) and (cause.errno or 0) > 0:
        return os.strerror(cause.errno or 0)
    return getattr(cause, "strerror", None) or str(error) or "the connection broke"


def _socket_with_keepalive(address: aiohttp.AddrInfoType) -> socket.socket:
    """A socket that notices within a minute that its peer is gone, also while nothing is sent."""
    family, kind, protocol, *_ = address
    made = socket.socket(family=family, type=kind, proto=protocol)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in (("TCP_KEEPIDLE", 30), ("TCP_KEEPINTVL", 10), ("TCP_KEEPCNT", 3)):
        if hasattr(socket, option):  # not on every platform
            made.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)
    return made


def _decode(text: str) -> object:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
