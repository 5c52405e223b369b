"""``helm dependency build`` and ``update``, with a tree in the place of a folder."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NoReturn

from trueup.errors import InputError
from trueup.fetch.charts.lock_digest import digest_of, is_in_sync
from trueup.fetch.charts.metadata import ChartFile, Dependency, Lock, read_chart
from trueup.fetch.charts.package import Package, check_package
from trueup.fetch.charts.sources import ChartSources
from trueup.fetch.charts.vendored import Vendored, missing, vendored
from trueup.fetch.semver import Range, Version
from trueup.tree import OverlayTree, Tree

LOCAL = "file://"
MAX_BYTES = 256 * 1024 * 1024
"""Of all packages of one chart."""
_AT_ONCE = 4

Pack = Callable[[Tree, str], bytes]
"""Makes a package of the chart in a folder, without what its ``.helmignore`` hides."""


class Mode(StrEnum):
    """Which versions are taken."""

    BUILD = "build"
    """Those of the lock, if there is one; otherwise as in an update."""
    UPDATE = "update"
    """The highest that Chart.yaml allows."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """``tree`` has in ``charts/`` what the chart depends on; ``lock`` says which versions."""

    tree: Tree
    lock: Lock | None


async def resolve_dependencies(
    tree: Tree, path: str, sources: ChartSources, pack: Pack, mode: Mode = Mode.BUILD
) -> Resolved:
    """``tree`` with the dependencies of the chart in the folder ``path``.

    What lies in ``charts/`` counts, if it is complete. Raises InputError for what cannot be
    resolved or a lock that is out of sync, HttpError for what cannot be had now.
    """
    work = _Resolving(tree, tree.resolve(path or ".") or path, sources, pack)
    if not missing(work.chart, work.there):
        return Resolved(tree, work.chart.lock)
    locked = work.locked() if mode is Mode.BUILD else None
    if locked is None:
        locked = tuple([await work.resolved(each) for each in work.wanted])
    return await work.fetched(locked)


class _Resolving:
    """One chart whose dependencies are looked for."""

    def __init__(self, tree: Tree, path: str, sources: ChartSources, pack: Pack) -> None:
        self._tree = tree
        self._path = path
        self._sources = sources
        self._pack = pack
        self.chart: ChartFile = read_chart(tree, path)
        self._folder = tree.resolve(f"{path}/charts") or f"{path}/charts".lstrip("/")
        self._all = list(vendored(tree, self._folder))
        self.there: dict[str, Vendored] = {each.chart.name: each for each in self._all}

    @property
    def wanted(self) -> tuple[Dependency, ...]:
        """The dependencies, their repositories by URL."""
        return tuple(map(self._by_url, self.chart.dependencies or ()))

    def locked(self) -> tuple[Dependency, ...] | None:
        """What the lock says; InputError if it was made for other dependencies."""
        lock = self.chart.lock
        if lock is None:
            return None
        if not is_in_sync(self.chart, self.wanted, lock):
            file = "requirements.yaml" if lock.file == "requirements.lock" else "Chart.yaml"
            raise InputError(
                f"the lock file ({lock.file}) is out of sync with the dependencies file ({file})",
                subject=self._path or ".",
                next_step="run helm dependency update, and keep the lock that it writes",
            )
        return lock.dependencies or ()

    async def resolved(self, each: Dependency) -> Dependency:
        """``each`` with an exact version, and nothing that only matters to a rendering."""
        Range.parse(each.version)  # as Helm, before anything is asked for
        version = each.version
        if each.repository.startswith(LOCAL):
            version = self._local(each)[1].version
        elif each.repository:
            version = await self._sources.source(each.repository).newest(each.name, each.version)
        return Dependency(each.name, version, each.repository)

    async def fetched(self, locked: tuple[Dependency, ...]) -> Resolved:
        packages = await self._packages(locked)
        local = {each.name for each in locked if not each.repository}
        outdated = {
            each.path
            for each in self._all
            if each.is_package
            and each.path.rpartition("/")[2] not in packages
            and each.chart.name not in local
        }
        files = {f"{self._folder}/{name}": each.content for name, each in packages.items()}
        tree = OverlayTree(self._tree, files, without=outdated)
        name = "requirements.lock" if self.chart.is_old else "Chart.lock"
        lock = Lock(digest_of(self.wanted, locked), locked, name)
        return Resolved(tree, lock)

    async def _packages(self, locked: tuple[Dependency, ...]) -> dict[str, Package]:
        """By the names of their files; a few are fetched at a time."""
        found: dict[str, Package] = {}
        for start in range(0, len(locked), _AT_ONCE):
            some = (self._package(each) for each in locked[start : start + _AT_ONCE])
            got = await asyncio.gather(*some)
            found |= {package.file_name: package for package in got if package is not None}
            if sum(len(package.content) for package in found.values()) > MAX_BYTES:
                _refuse_all(f"more than {MAX_BYTES} bytes of packages", self._path)
        return found

    async def _package(self, each: Dependency) -> Package | None:
        """None for a chart that has to lie in ``charts/``, as one without a repository."""
        if not each.repository:
            self._check_vendored(each)
            return None
        if each.repository.startswith(LOCAL):
            path, chart = self._local(each)
            content = await asyncio.to_thread(self._pack, self._tree, path)
            return Package(f"{chart.name}-{chart.version}.tgz", content)
        package = await self._sources.source(each.repository).package(each.name, each.version)
        await asyncio.to_thread(check_package, package, each.name)
        return package

    def _by_url(self, each: Dependency) -> Dependency:
        if not each.repository or each.repository.startswith(LOCAL):
            return each
        return replace(each, repository=self._sources.url_of(each.repository))

    def _local(self, each: Dependency) -> tuple[str, ChartFile]:
        """The folder in the tree that ``file://`` names, and the chart there."""
        given = each.repository.removeprefix(LOCAL)
        if given.startswith("/") and self._tree.is_whole_disk:
            folder = given.lstrip("/")
        else:
            folder = given if given.startswith("/") else f"{self._path}/{given}".lstrip("/")
        path = self._tree.resolve(folder)
        if path is None:
            raise InputError(f"directory {given} not found", subject=str(each))
        chart = read_chart(self._tree, path)
        _check_version(each, chart)
        return path, chart

    def _check_vendored(self, each: Dependency) -> None:
        found = self.there.get(each.name)
        if found is None:
            _refuse(each, "names no repository, and is not in charts/")
        _check_version(each, found.chart)


def _check_version(each: Dependency, chart: ChartFile) -> None:
    wanted = Range.parse(each.version)
    version = Version.find(chart.version)
    if version is None or not wanted.allows(version):
        _refuse(each, f"at version {chart.version} does not satisfy the constraint {each.version}")


def _refuse_all(cause: str, path: str) -> NoReturn:
    raise InputError(cause, subject=path or ".", next_step="keep large charts apart")


def _refuse(each: Dependency, cause: str) -> NoReturn:
    raise InputError(cause, subject=str(each), next_step="correct the dependency in Chart.yaml")
