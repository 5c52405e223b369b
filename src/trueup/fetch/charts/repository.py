"""A chart repository over HTTP: an index, and packages wherever it says."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from pathlib import PurePosixPath
from typing import Protocol

import aiohttp
from yarl import URL

from trueup.errors import InputError
from trueup.fetch.charts.access import Access
from trueup.fetch.charts.index import MAX_INDEX_BYTES, ChartVersion, Index, IndexCache
from trueup.fetch.charts.package import MAX_PACKAGE_BYTES, MAX_PROVENANCE_BYTES, Package
from trueup.fetch.charts.provenance import SUFFIX
from trueup.fetch.http import HttpClient, HttpError, basic, origin_of, read_body, shown
from trueup.fetch.http.errors import error_of_status
from trueup.fetch.oci.reference import SCHEME


class FromRegistry(Protocol):
    """Gets the package behind an ``oci://`` URL, which an index may list."""

    def __call__(self, url: str, *, signed: bool) -> Awaitable[Package]: ...


class ChartRepository:
    """The repository at ``url``; its index is read once, and kept in ``indexes``."""

    def __init__(
        self,
        url: str,
        http: HttpClient,
        access: Access,
        indexes: IndexCache,
        from_registry: FromRegistry,
    ) -> None:
        given = _url(url)
        self._base = given.with_user(None)
        self._subject = shown(str(self._base))
        named = (given.user or "", given.password or "")
        self._user = (access.username, access.password) if access.username else named
        self._passes_to_all = access.pass_credentials
        self._http = http
        self._indexes = indexes
        self._from_registry = from_registry
        self._index: Index | None = None
        self._lock = asyncio.Lock()

    async def index(self) -> Index:
        """Raises HttpError where it cannot be had, InputError where it is none."""
        async with self._lock:
            if self._index is None:
                self._index = await self._read_index()
        return self._index

    async def newest(self, name: str, versions: str) -> str:
        return (await self.index()).newest(name, versions)

    async def package(self, name: str, version: str, *, signed: bool = False) -> Package:
        """The chart ``name`` in that version, or the highest in that range."""
        found = (await self.index()).find(name, version)
        if not found.urls:
            cause = f"{name} {found.version.text} has no downloadable URLs"
            raise InputError(cause, subject=self._subject)
        if found.urls[0].startswith(SCHEME):
            return await self._from_registry(found.urls[0], signed=signed)
        url = self._resolved(found.urls[0])
        content = await self._download(url, MAX_PACKAGE_BYTES)
        beside = url.with_path(f"{url.raw_path}{SUFFIX}", encoded=True, keep_query=True)
        provenance = await self._download(beside, MAX_PROVENANCE_BYTES) if signed else b""
        package = Package(_file_name(url, name, found), content, provenance)
        _check_digest(package, found, str(url))
        return package

    async def _read_index(self) -> Index:
        url = str(self._resolved("index.yaml"))
        key = (url, self._authorization(self._base))
        headers = self._indexes.conditions(key)
        async with self._http.get(url, headers=headers, authorization=key[1]) as response:
            if response.status == 304 and headers:
                return self._indexes.current(key)
            content = await _content(response, MAX_INDEX_BYTES, url)
            told = response.headers
        index = await asyncio.to_thread(Index, content, shown(url))
        self._indexes.keep(key, index, told)
        return index

    async def _download(self, url: URL, limit: int) -> bytes:
        authorization = self._authorization(url)
        headers = {"Accept": "application/gzip,application/octet-stream"}
        async with self._http.get(str(url), headers=headers, authorization=authorization) as answer:
            return await _content(answer, limit, str(url))

    def _resolved(self, reference: str) -> URL:
        """Relative to the repository, whose query (a token, say) goes with it."""
        given = _url(reference) if "://" in reference else None
        if given is not None:
            return given
        base = self._base.with_path(self._base.path.rstrip("/") + "/")
        return base.join(URL(reference)).with_query(self._base.query)

    def _authorization(self, url: URL) -> str:
        is_ours = origin_of(url) == origin_of(self._base)
        return basic(*self._user) if all(self._user) and (is_ours or self._passes_to_all) else ""


async def _content(response: aiohttp.ClientResponse, limit: int, subject: str) -> bytes:
    if response.status != 200:
        raise error_of_status(response.status, subject)
    return await read_body(response, limit, subject)


def _check_digest(package: Package, listed: ChartVersion, subject: str) -> None:
    wanted = listed.digest.rpartition(":")[2].lower()
    if wanted and package.digest != f"sha256:{wanted}":
        cause = f"what came has the digest {package.digest}, and the index says sha256:{wanted}"
        raise HttpError(cause, subject=subject, trouble="corrupt")


def _file_name(url: URL, name: str, found: ChartVersion) -> str:
    base = PurePosixPath(url.path).name
    return base if base.endswith(".tgz") else f"{name}-{found.version.text}.tgz"


def _url(text: str) -> URL:
    try:
        found = URL(text)
    except ValueError:
        found = URL()
    if found.scheme not in ("http", "https") or not found.host:
        raise InputError(
            "is no URL of a chart repository",
            subject=shown(text),
            next_step="write it as https://, http:// or oci://",
        )
    return found
