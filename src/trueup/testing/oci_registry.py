"""A registry of OCI artifacts for tests: pull and push, users and tokens, and faults."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import orjson
from aiohttp import encode_basic_auth, web

from trueup.testing.local_http import local_http

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
CHART_CONFIG = "application/vnd.cncf.helm.config.v1+json"
CHART_LAYER = "application/vnd.cncf.helm.chart.content.v1.tar+gzip"
FLUX_CONFIG = "application/vnd.cncf.flux.config.v1+json"
FLUX_LAYER = "application/vnd.cncf.flux.content.v1.tar+gzip"


@dataclass(slots=True)
class OciRegistry:
    """Serves ``oci://<host>/<any name>``.

    With ``user`` it wants that user, by itself or, if ``tokens`` is set, to give a token for.
    ``redirect`` is the URL of another server that blobs are to be had from, ``page`` how many tags
    it lists at once, ``status`` what it answers to everything. ``spoiled`` adds a byte to each
    blob. ``requests`` holds method, path and Authorization header of each request.
    """

    host: str = ""
    url: str = ""
    user: tuple[str, str] | None = None
    tokens: bool = False
    redirect: str = ""
    page: int = 1000
    status: int = 0
    spoiled: bytes = b""
    realm: str = ""
    blobs: dict[str, bytes] = field(default_factory=dict)
    manifests: dict[tuple[str, str], tuple[str, bytes]] = field(default_factory=dict)
    requests: list[tuple[str, str, str]] = field(default_factory=list)

    def put_blob(self, content: bytes) -> str:
        digest = f"sha256:{sha256(content).hexdigest()}"
        self.blobs[digest] = content
        return digest

    def put(
        self,
        name: str,
        tag: str,
        layers: Sequence[tuple[str, bytes]],
        config: str = FLUX_CONFIG,
    ) -> str:
        """Publishes ``layers``, media type and content of each; returns the manifest's digest."""
        manifest = {
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": self._descriptor(config, b"{}"),
            "layers": [self._descriptor(kind, content) for kind, content in layers],
        }
        return self.put_manifest(name, tag, MANIFEST, manifest)

    def put_chart(self, name: str, tag: str, package: bytes) -> str:
        return self.put(name, tag, [(CHART_LAYER, package)], CHART_CONFIG)

    def put_manifest(
        self, name: str, tag: str, kind: str, manifest: Mapping[str, Any] | bytes
    ) -> str:
        content = manifest if isinstance(manifest, bytes) else orjson.dumps(manifest)
        digest = f"sha256:{sha256(content).hexdigest()}"
        self.manifests[name, tag] = self.manifests[name, digest] = (kind, content)
        return digest

    def _descriptor(self, kind: str, content: bytes) -> dict[str, Any]:
        return {"mediaType": kind, "digest": self.put_blob(content), "size": len(content)}

    async def handle(self, request: web.Request) -> web.StreamResponse:
        authorization = request.headers.get("Authorization", "")
        self.requests.append((request.method, request.path, authorization))
        if self.status:
            return web.Response(status=self.status)
        if request.path == "/token":
            return self._give_token(request, authorization)
        if not self._allows(authorization):
            return self._challenge()
        parts = request.path.removeprefix("/v2/").split("/")
        match parts[-2:]:
            case ["blobs", digest]:
                return self._blob(digest)
            case ["uploads", _]:
                return await self._upload(request)
            case ["manifests", wanted]:
                return await self._manifest(request, "/".join(parts[:-2]), wanted)
            case ["tags", "list"]:
                return self._tags(request, "/".join(parts[:-2]))
        return web.json_response({})

    def _allows(self, authorization: str) -> bool:
        if self.user is None:
            return True
        return authorization == (
            "Bearer let-me-in" if self.tokens else encode_basic_auth(*self.user)
        )

    def _challenge(self) -> web.Response:
        realm = self.realm or f"{self.url}/token"
        bearer = f'Bearer realm="{realm}",service="test",scope="repository:any:pull,push"'
        return _refusal(401, "UNAUTHORIZED", bearer if self.tokens else 'Basic realm="test"')

    def _give_token(self, request: web.Request, authorization: str) -> web.Response:
        if self.user and authorization != encode_basic_auth(*self.user):
            return web.Response(status=401)
        return web.json_response({"token": "let-me-in", "expires_in": 300})

    def _blob(self, digest: str) -> web.Response:
        if digest not in self.blobs:
            return _refusal(404, "BLOB_UNKNOWN")
        if self.redirect:
            raise web.HTTPTemporaryRedirect(f"{self.redirect}/v2/x/blobs/{digest}")
        return web.Response(body=self.blobs[digest] + self.spoiled)

    async def _upload(self, request: web.Request) -> web.Response:
        if request.method == "POST":
            return web.Response(status=202, headers={"Location": f"{request.path}one"})
        digest = self.put_blob(await request.read())
        return web.Response(status=201, headers={"Docker-Content-Digest": digest})

    async def _manifest(self, request: web.Request, name: str, wanted: str) -> web.Response:
        if request.method == "PUT":
            digest = self.put_manifest(name, wanted, request.content_type, await request.read())
            return web.Response(status=201, headers={"Docker-Content-Digest": digest})
        if (name, wanted) not in self.manifests:
            return _refusal(404, "MANIFEST_UNKNOWN")
        kind, content = self.manifests[name, wanted]
        digest = f"sha256:{sha256(content).hexdigest()}"
        headers = {"Docker-Content-Digest": digest}
        return web.Response(body=content, content_type=kind, headers=headers)

    def _tags(self, request: web.Request, name: str) -> web.Response:
        tags = sorted(tag for known, tag in self.manifests if known == name and ":" not in tag)
        if not tags:
            return _refusal(404, "NAME_UNKNOWN")
        last = request.query.get("last", "")
        rest = [tag for tag in tags if tag > last]
        here = rest[: self.page]
        link = f'</v2/{name}/tags/list?n={self.page}&last={here[-1]}>; rel="next"' if here else ""
        headers = {"Link": link} if len(rest) > len(here) else {}
        return web.json_response({"name": name, "tags": here}, headers=headers)


def _refusal(status: int, code: str, challenge: str = "") -> web.Response:
    headers = {"WWW-Authenticate": challenge} if challenge else {}
    return web.json_response(
        {"errors": [{"code": code, "message": "no"}]}, status=status, headers=headers
    )


@asynccontextmanager
async def oci_registry(tls: ssl.SSLContext | None = None) -> AsyncIterator[OciRegistry]:
    """A registry on a free port of 127.0.0.1 for as long as the block runs."""
    registry = OciRegistry()
    async with local_http(registry.handle, tls, largest=1 << 28) as registry.url:
        registry.host = registry.url.partition("://")[2]
        yield registry
