"""The HTTP transport: aiohttp, TLS, and whatever proves who we are."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import aiohttp
import orjson
from yarl import URL

from trueup.cluster.kubeconfig import ClusterConfig
from trueup.cluster.transport import Answer, Query, error_from_status
from trueup.errors import Unavailable

MAX_LINE_BYTES = 64 * 1024 * 1024
"""A watch event larger than this ends the watch: no server sends one, a hostile one might."""

_SILENCE_SECONDS = 330
"""Without a byte for so long a watch counts as dead: bookmarks come every minute."""


class HttpTransport:
    """One connection pool to one API server."""

    def __init__(self, config: ClusterConfig, *, timeout: float = 60, connections: int = 100):
        self._config = config
        self._base = config.server.rstrip("/")
        self._timeout = aiohttp.ClientTimeout(total=timeout, connect=10)
        self._connections = connections
        self._session: aiohttp.ClientSession | None = None

    async def request(
        self, method: str, path: str, query: Query, headers: Mapping[str, str], body: bytes | None
    ) -> Answer:
        try:
            async with self._open().request(
                method,
                self._url(path, query),
                headers={**headers, **await self._config.auth_headers()},
                data=body,
                proxy=self._config.proxy_url or None,
                server_hostname=self._config.server_name or None,
                allow_redirects=False,
            ) as response:
                content = await response.read()
                lower = {key.lower(): value for key, value in response.headers.items()}
                return Answer(response.status, content, lower)
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            raise self._unavailable(error) from error

    @asynccontextmanager
    async def stream(
        self, path: str, query: Query, headers: Mapping[str, str]
    ) -> AsyncIterator[AsyncIterator[bytes]]:
        timeout = aiohttp.ClientTimeout(total=None, connect=10, sock_read=_SILENCE_SECONDS)
        try:
            async with self._open().get(
                self._url(path, query),
                headers={**headers, **await self._config.auth_headers()},
                timeout=timeout,
                proxy=self._config.proxy_url or None,
                server_hostname=self._config.server_name or None,
                allow_redirects=False,
            ) as response:
                if response.status != 200:
                    text = await response.text()
                    raise error_from_status(response.status, _decode(text), text[:200])
                yield _lines(response.content)
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            raise self._unavailable(error) from error

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            await asyncio.sleep(0)  # lets the connector close its sockets before the loop ends
            self._session = None

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(
                limit=self._connections, ssl=self._config.ssl_context() or True
            )
            self._session = aiohttp.ClientSession(connector=connector, timeout=self._timeout)
        return self._session

    def _url(self, path: str, query: Query) -> URL:
        return URL(self._base + path).with_query(query)

    def _unavailable(self, error: BaseException) -> Unavailable:
        cause = str(error) or type(error).__name__
        return Unavailable(f"no answer from the API server: {cause}", subject=self._base)


async def _lines(content: aiohttp.StreamReader) -> AsyncIterator[bytes]:
    rest = b""
    async for chunk in content.iter_any():
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            yield line
        if len(rest) > MAX_LINE_BYTES:
            raise Unavailable(f"a watch event is larger than {MAX_LINE_BYTES} bytes")


def _decode(text: str) -> object:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
