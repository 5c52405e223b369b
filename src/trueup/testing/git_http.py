"""A real Git server over HTTP for tests: ``git http-backend`` behind aiohttp, with faults."""

from __future__ import annotations

import asyncio
import base64
import shutil
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web

from trueup.testing.local_http import local_http

_HEADERS_END = b"\r\n\r\n"


@dataclass(slots=True)
class GitHttpServer:
    """Serves every repository below ``root`` as ``<url>/<name>``.

    ``user`` and ``bearer`` are demanded when they are set. ``status`` answers all requests with
    that code, ``redirect`` sends them to another server; ``is_hanging`` never answers,
    ``is_truncating`` cuts every pack short. ``requests`` holds each request's method, path and
    Authorization header; ``sent`` counts the bytes of all answers. Asked as a
    proxy it answers for every host, to ``proxy_user`` if that is set.
    """

    root: Path
    url: str = ""
    user: tuple[str, str] | None = None
    bearer: str = ""
    proxy_user: tuple[str, str] | None = None
    status: int = 0
    redirect: str = ""
    is_hanging: bool = False
    is_truncating: bool = False
    requests: list[tuple[str, str, str]] = field(default_factory=list)
    sent: int = 0
    _asked: asyncio.Event = field(default_factory=asyncio.Event)
    _released: asyncio.Event = field(default_factory=asyncio.Event)
    _backends: set[asyncio.Task[bytes]] = field(default_factory=set)
    """They end by themselves, and nobody cuts them off: their pipes would stay open."""

    async def wait_requests(self, more: int) -> None:
        """Returns when ``more`` requests have come from now on."""
        wanted = len(self.requests) + more
        while len(self.requests) < wanted:
            self._asked.clear()
            await self._asked.wait()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        authorization = request.headers.get("Authorization", "")
        self.requests.append((request.method, request.path, authorization))
        self._asked.set()
        if self.is_hanging:
            await self._released.wait()
            raise web.HTTPServiceUnavailable
        if self.proxy_user and request.headers.get("Proxy-Authorization") != _basic(
            self.proxy_user
        ):
            headers = {"Proxy-Authenticate": 'Basic realm="proxy"'}
            return web.Response(status=407, headers=headers)
        if self.status:
            return web.Response(status=self.status)
        if self.redirect:
            raise web.HTTPFound(self.redirect + request.path_qs)
        if not self._allows(authorization):
            scheme = "Bearer" if self.bearer else 'Basic realm="git"'
            return web.Response(status=401, headers={"WWW-Authenticate": scheme})
        return await self._run_backend(request)

    def _allows(self, authorization: str) -> bool:
        if self.bearer:
            return authorization == f"Bearer {self.bearer}"
        if self.user is None:
            return True
        return authorization == _basic(self.user)

    async def _run_backend(self, request: web.Request) -> web.StreamResponse:
        backend = asyncio.create_task(
            _backend(self._cgi_environment(request), await request.read())
        )
        self._backends.add(backend)
        backend.add_done_callback(self._backends.discard)
        out = await asyncio.shield(backend)
        head, _, body = out.partition(_HEADERS_END)
        headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n") if line)
        status = int(headers.pop("Status", "200").split()[0])
        if self.is_truncating and request.method == "POST" and b"PACK" in body:
            body = body[: body.index(b"PACK") + 40]
        self.sent += len(body)
        return web.Response(status=status, headers=headers, body=body)

    def _cgi_environment(self, request: web.Request) -> dict[str, str]:
        return {
            "PATH": "/usr/bin:/bin:/usr/local/bin",
            "GIT_PROJECT_ROOT": str(self.root),
            "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_COUNT": "2",
            "GIT_CONFIG_KEY_0": "safe.directory",
            "GIT_CONFIG_VALUE_0": "*",
            "GIT_CONFIG_KEY_1": "http.receivepack",
            "GIT_CONFIG_VALUE_1": "true",
            "GIT_PROTOCOL": request.headers.get("Git-Protocol", ""),
            "HTTP_CONTENT_ENCODING": request.headers.get("Content-Encoding", ""),
            "REQUEST_METHOD": request.method,
            "PATH_INFO": request.path,
            "QUERY_STRING": request.query_string,
            "CONTENT_TYPE": request.headers.get("Content-Type", ""),
            "REMOTE_USER": self.user[0] if self.user else "",
        }


async def _backend(environment: Mapping[str, str], body: bytes) -> bytes:
    process = await asyncio.create_subprocess_exec(
        "git",
        "http-backend",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env=environment,
    )
    out, _ = await process.communicate(body)
    return out


def _basic(user: tuple[str, str]) -> str:
    return f"Basic {base64.b64encode(':'.join(user).encode()).decode()}"


@asynccontextmanager
async def git_http_server(
    root: Path, tls: ssl.SSLContext | None = None
) -> AsyncIterator[GitHttpServer]:
    """Serves ``root`` on a free port of 127.0.0.1 for as long as the block runs."""
    if shutil.which("git") is None:
        raise FileNotFoundError("git is not installed")
    server = GitHttpServer(root)
    serving = local_http(server.handle, tls, largest=1 << 30, auto_decompress=False)
    try:
        async with serving as server.url:
            try:
                yield server
            finally:
                server._released.set()
    finally:
        await asyncio.gather(*server._backends)
