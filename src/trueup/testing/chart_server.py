"""A chart repository over HTTP for tests: an index, packages, users, and faults."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import yaml
from aiohttp import encode_basic_auth, web

from trueup.testing.archives import chart
from trueup.testing.local_http import local_http


@dataclass(slots=True)
class ChartServer:
    """Serves ``<url>/index.yaml`` and the packages in ``files``.

    ``user`` is demanded if it is set. ``requests`` holds path, Authorization header and status of
    each request; ``index`` is sent as it is, if it is set.
    """

    url: str = ""
    user: tuple[str, str] | None = None
    index: bytes = b""
    files: dict[str, bytes] = field(default_factory=dict)
    entries: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    requests: list[tuple[str, str, int]] = field(default_factory=list)

    def publish(
        self, name: str, version: str, files: Mapping[str, str] | None = None, **changed: Any
    ) -> bytes:
        """Adds a chart; ``changed`` replaces fields of its entry in the index."""
        package, file = chart(name, version, files), f"{name}-{version}.tgz"
        self.files[file] = package
        entry = {
            "apiVersion": "v2",
            "name": name,
            "version": version,
            "urls": [file],
            "digest": sha256(package).hexdigest(),
        }
        self.entries.setdefault(name, []).append(entry | changed)
        return package

    async def handle(self, request: web.Request) -> web.Response:
        response = self._answer(request)
        told = request.headers.get("Authorization", "")
        self.requests.append((request.path, told, response.status))
        return response

    def _answer(self, request: web.Request) -> web.Response:
        if self.user and request.headers.get("Authorization") != encode_basic_auth(*self.user):
            return web.Response(status=401)
        if request.path.endswith("/index.yaml"):
            return self._index(request)
        content = self.files.get(request.path.rpartition("/")[2])
        return web.Response(status=404) if content is None else web.Response(body=content)

    def _index(self, request: web.Request) -> web.Response:
        content = (
            self.index
            or yaml.safe_dump(
                {"apiVersion": "v1", "generated": "2026-01-01T00:00:00Z", "entries": self.entries}
            ).encode()
        )
        tag = f'"{sha256(content).hexdigest()}"'
        if request.headers.get("If-None-Match") == tag:
            return web.Response(status=304, headers={"ETag": tag})
        return web.Response(body=content, headers={"ETag": tag})


@asynccontextmanager
async def chart_server(tls: ssl.SSLContext | None = None) -> AsyncIterator[ChartServer]:
    """A repository on a free port of 127.0.0.1 for as long as the block runs."""
    server = ChartServer()
    async with local_http(server.handle, tls) as server.url:
        yield server
