"""The client's transport to a control plane in the same process: no socket, no copy.

Requests take the very same way as those that come over HTTP, so our controllers see what anybody
would see.
"""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import unquote

import orjson

from trueup.cluster.transport import Answer, Query, error_from_status
from trueup.controlplane.auth.user import User
from trueup.controlplane.control_plane import ControlPlane
from trueup.controlplane.http.message import Request, Response
from trueup.controlplane.http.warnings import warning_header


class InProcessTransport:
    """Speaks to ``control_plane`` as ``user``, for whom this transport vouches."""

    def __init__(self, control_plane: ControlPlane, user: User) -> None:
        self._control_plane = control_plane
        self._user = user

    async def request(
        self, method: str, path: str, query: Query, headers: Mapping[str, str], body: bytes | None
    ) -> Answer:
        response = await self._handle(method, path, query, headers, body or b"")
        return Answer(response.status, await _whole(response), _headers(response))

    @asynccontextmanager
    async def stream(
        self, path: str, query: Query, headers: Mapping[str, str]
    ) -> AsyncIterator[AsyncIterator[bytes]]:
        response = await self._handle("GET", path, query, headers, b"")
        if response.status != 200 or isinstance(response.body, bytes):
            body = await _whole(response)
            raise error_from_status(response.status, _decoded(body), body.decode())
        try:
            yield _lines(response.body)
        finally:
            # Closing tells the server that nobody listens any more.
            if inspect.isasyncgen(response.body):
                await response.body.aclose()

    async def close(self) -> None:
        """Nothing to free: the control plane belongs to whoever started it."""

    async def _handle(
        self, method: str, path: str, query: Query, headers: Mapping[str, str], body: bytes
    ) -> Response:
        lower = {name.lower(): value for name, value in headers.items()}
        request = Request(method, unquote(path), list(query), lower, body, self._user)
        return await self._control_plane.handle(request)


def _decoded(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return None


def _headers(response: Response) -> Mapping[str, str]:
    """Several warnings as one header, which is how a client sees repeated ones."""
    if not response.warnings:
        return response.headers
    return {**response.headers, "warning": ", ".join(map(warning_header, response.warnings))}


async def _whole(response: Response) -> bytes:
    if isinstance(response.body, bytes):
        return response.body
    return b"".join([piece async for piece in response.body])


async def _lines(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    rest = b""
    async for piece in pieces:
        *lines, rest = (rest + piece).split(b"\n")
        for line in lines:
            yield line
