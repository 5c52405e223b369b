"""HTTP servers of this machine's own, for as long as a block runs."""

from __future__ import annotations

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
    try:
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls).start()
        host, port = runner.addresses[0][:2]
        yield f"{'https' if tls else 'http'}://{host}:{port}"
    finally:
        await runner.cleanup()
