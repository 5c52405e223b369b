"""The one place that speaks to webhooks: a POST over TLS, bounded in time and size."""

from __future__ import annotations

import ssl
from base64 import b64decode
from functools import lru_cache
from math import ceil
from typing import NamedTuple

import aiohttp
from yarl import URL

_MOST_BYTES = 8 * 1024 * 1024
"""More than any object that could be stored, even twice."""

_HEADERS = {"Accept": "application/json, */*", "Content-Type": "application/json"}


class CallFailed(Exception):
    """No usable answer; the text says why, as Kubernetes words it."""


class Endpoint(NamedTuple):
    """``address``: where to connect in place of the host that ``url`` names, and is trusted as."""

    url: str
    authority: str = ""
    """The certificate of who vouches for the server, base64 of PEM; empty: the system's."""
    address: tuple[str, int] | None = None


class Sender:
    """Keeps connections from one call to the next."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    async def post(self, endpoint: Endpoint, body: bytes, seconds: float) -> bytes:
        """The body of a successful answer; CallFailed."""
        shown = f'Post "{endpoint.url}?timeout={ceil(seconds)}s"'
        try:
            return await self._post(endpoint, body, seconds)
        except TimeoutError as error:
            raise CallFailed(f"{shown}: context deadline exceeded") from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise CallFailed(f"{shown}: {_why(error)}") from error

    async def _post(self, endpoint: Endpoint, body: bytes, seconds: float) -> bytes:
        url, headers, name = URL(endpoint.url), dict(_HEADERS), None
        if endpoint.address is not None:
            headers["Host"], name = url.authority, url.host
            url = url.with_host(endpoint.address[0]).with_port(endpoint.address[1])
        async with self._open().post(
            url.update_query(timeout=f"{ceil(seconds)}s"),
            data=body,
            headers=headers,
            ssl=_trust(endpoint.authority),
            server_hostname=name,
            timeout=aiohttp.ClientTimeout(total=seconds),
            allow_redirects=False,
        ) as response:
            answer = await _bounded(response)
            if not 200 <= response.status < 300:
                raise CallFailed(_refused(response.status, answer))
            return answer

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession()
        return self._session

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None


@lru_cache(maxsize=200)
def _trust(authority: str) -> ssl.SSLContext:
    if not authority:
        return ssl.create_default_context()
    return ssl.create_default_context(cadata=b64decode(authority).decode("ascii"))


async def _bounded(response: aiohttp.ClientResponse) -> bytes:
    pieces, size = [], 0
    async for piece in response.content.iter_any():
        size += len(piece)
        if size > _MOST_BYTES:
            raise CallFailed(f"the answer is larger than {_MOST_BYTES} bytes")
        pieces.append(piece)
    return b"".join(pieces)


def _refused(status: int, answer: bytes) -> str:
    if status == 404:
        return "the server could not find the requested resource"
    said = answer[:1024].decode(errors="replace").strip() or "unknown"
    return f'an error on the server ("{said}") has prevented the request from succeeding'


def _why(error: BaseException) -> str:
    cause = getattr(error, "os_error", None) or getattr(error, "certificate_error", error)
    if isinstance(cause, ssl.SSLCertVerificationError):
        unknown = "certificate signed by unknown authority"
        self_made = ("unable to get local issuer", "self-signed", "self signed")
        is_unknown = any(words in cause.verify_message for words in self_made)
        found = unknown if is_unknown else cause.verify_message
        return f"tls: failed to verify certificate: x509: {found}"
    if isinstance(error, aiohttp.ServerDisconnectedError):
        return "EOF"
    if isinstance(cause, ConnectionRefusedError) and isinstance(
        error, aiohttp.ClientConnectorError
    ):
        return f"dial tcp {error.host}:{error.port}: connect: connection refused"
    return str(error) or type(error).__name__
