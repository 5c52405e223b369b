"""HTTP servers of this machine's own, for as long as a block runs."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeAlias

from aiohttp import web

Handle: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def local_http(
    handle: Handle,
    tls: ssl.SSLContext | None = None,
    *,
    largest: int = 1 << 20,
    auto_decompress: bool = True,
) -> AsyncIterator[str]:
    """Answers every request with ``handle``; yields the URL, on a free port of 127.0.0.1.

    ``largest``: bytes of a body that it takes.
    """
    app = web.Application(client_max_size=largest)
    app.router.add_route("*", "/{path:.*}", handle)
    runner = web.AppRunner(app, auto_decompress=auto_decompress, shutdown_timeout=0)
    await runner.setup()
    listening = socket.create_server(("127.0.0.1", 0))
    try:
        await web.SockSite(runner, listening, ssl_context=tls).start()
        yield f"{'https' if tls else 'http'}://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        await _accept_no_more(listening)
        await runner.cleanup()


async def _accept_no_more(listening: socket.socket) -> None:
    """Before the end: of a client that comes just then asyncio would leave the socket open."""
    asyncio.get_running_loop().remove_reader(listening)
    for _ in range(3):  # until the server knows all that were accepted
        await asyncio.sleep(0)
