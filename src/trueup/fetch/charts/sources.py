"""Where charts come from: the source that a repository's URL or name stands for."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Protocol

from trueup.errors import InputError
from trueup.fetch.charts.access import Access
from trueup.fetch.charts.index import IndexCache
from trueup.fetch.charts.package import Package
from trueup.fetch.charts.registry import ChartRegistry
from trueup.fetch.charts.repository import ChartRepository
from trueup.fetch.http import HttpClient, Tls, shown
from trueup.fetch.oci import Credentials, Keyring, Reference, Registry
from trueup.fetch.oci.reference import SCHEME

__all__ = ["Access", "ChartSource", "ChartSources", "Package"]


class ChartSource(Protocol):
    """A repository or registry with charts."""

    async def newest(self, name: str, versions: str) -> str:
        """The highest version of the chart in a range; InputError if there is none."""
        ...

    async def package(self, name: str, version: str, *, signed: bool = False) -> Package:
        """The chart in that version, ``signed`` with its provenance.

        Raises HttpError or InputError where it cannot be had.
        """
        ...


class ChartSources:
    """The sources by URL, each asked as ``access`` says for it, or ``default`` for the others.

    ``aliases`` are the URLs that ``@name`` and ``alias:name`` stand for. To be used as an
    asynchronous context manager, or closed.
    """

    def __init__(
        self,
        access: Mapping[str, Access] | None = None,
        default: Access | None = None,
        *,
        keyring: Keyring | None = None,
        aliases: Mapping[str, str] | None = None,
        indexes: IndexCache | None = None,
        timeout: float = 60,
    ) -> None:
        self._access = {url.rstrip("/"): each for url, each in (access or {}).items()}
        self._default = default or Access()
        self._keyring = keyring or Keyring()
        self._aliases = aliases or {}
        self._indexes = indexes or IndexCache()
        self._timeout = timeout
        self._clients: dict[Tls, HttpClient] = {}
        self._sources: dict[str, ChartSource] = {}
        self._registries: dict[tuple[str, Access, Credentials], Registry] = {}

    async def __aenter__(self) -> ChartSources:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        for client in self._clients.values():
            await client.close()

    def url_of(self, repository: str) -> str:
        """The URL behind ``repository``; InputError for a name that stands for none."""
        for mark in ("@", "alias:"):
            name = repository.removeprefix(mark)
            if name != repository and name in self._aliases:
                return self._aliases[name]
        if "://" not in repository:
            raise InputError(
                f"no repository definition for {shown(repository)}",
                next_step="write the repository's URL into the chart",
            )
        return repository

    def source(self, repository: str) -> ChartSource:
        """The source behind a URL or a name; InputError where there is none."""
        url = self.url_of(repository).rstrip("/")
        if url not in self._sources:
            is_registry = url.startswith(SCHEME)
            self._sources[url] = self._below(url) if is_registry else self._repository(url)
        return self._sources[url]

    def registry(self, reference: Reference) -> Registry:
        """The registry of ``reference``, asked as is said for its URL."""
        return self._registry(reference, self._access.get(str(reference), self._default))

    async def package_at(self, url: str, version: str = "", *, signed: bool = False) -> Package:
        """The chart that an ``oci://`` URL names itself."""
        reference = Reference.parse(url)
        registry = ChartRegistry(url, self.registry(reference))
        return await registry.package_at(reference, version, signed=signed)

    def _below(self, url: str) -> ChartRegistry:
        """The charts that have repositories of their own below ``url``."""
        access = self._access.get(url, self._default)
        return ChartRegistry(url, self._registry(Reference.parse(f"{url}/any"), access))

    def _registry(self, reference: Reference, access: Access) -> Registry:
        credentials = self._credentials(access, reference)
        key = (reference.host, access, credentials)
        if key not in self._registries:
            self._registries[key] = Registry(
                reference.host, self._client(access.tls), credentials, plain=access.plain_http
            )
        return self._registries[key]

    def _repository(self, url: str) -> ChartRepository:
        access = self._access.get(url, self._default)
        client = self._client(access.tls)
        return ChartRepository(url, client, access, self._indexes, self.package_at)

    def _credentials(self, access: Access, reference: Reference) -> Credentials:
        if access.username:
            return Credentials(access.username, access.password)
        return self._keyring.of(reference.host, reference.name)

    def _client(self, tls: Tls) -> HttpClient:
        if tls not in self._clients:
            self._clients[tls] = HttpClient(tls, timeout=self._timeout)
        return self._clients[tls]
