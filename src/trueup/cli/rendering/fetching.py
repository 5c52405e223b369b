"""Fetches what ``published`` names the flags of."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from trueup.cli.rendering.helm_home import HelmHome
from trueup.cli.rendering.place import Place
from trueup.cli.rendering.published import key_ring, password, text_of, version_of
from trueup.cli.rendering.rendered import Flags
from trueup.errors import InputError
from trueup.fetch.charts import (
    Access,
    ChartSources,
    Mode,
    fetch_chart,
    fetch_published,
    resolve_dependencies,
)
from trueup.fetch.http import Tls
from trueup.fetch.oci import Reference
from trueup.fetch.oci.reference import SCHEME
from trueup.render.helm import chart_from_tree
from trueup.render.helm.packing import pack
from trueup.tree import Tree


def from_repository(chart: str, repository: str, flags: Flags) -> Tree:
    """The files of ``chart`` in ``repository``, a URL or a name such as ``@stable``."""

    async def work() -> Tree:
        async with _sources(flags, repository) as sources:
            found = await fetch_chart(
                sources,
                chart,
                repository=repository,
                version=version_of(flags),
                key_ring=_key_ring(flags),
            )
        return found.tree()

    return asyncio.run(work())


def from_registry(url: str, flags: Flags) -> Tree:
    """The files of the chart, or of an artifact of another kind, at an ``oci://`` URL."""

    async def work() -> Tree:
        async with _sources(flags, str(Reference.parse(url))) as sources:
            return await fetch_published(
                sources, url, version=version_of(flags), key_ring=_key_ring(flags)
            )

    return asyncio.run(work())


def chart_of(repository: str, chart: str, version: str) -> Tree:
    """The files of ``chart``, the highest that ``version`` allows, by Helm's own settings."""

    async def work() -> Tree:
        home = HelmHome.read()
        sources = ChartSources(home.access, Access(), keyring=home.keyring, aliases=home.aliases)
        async with sources:
            if repository.startswith(SCHEME):
                url = f"{repository.rstrip('/')}/{chart}"
                return (await fetch_chart(sources, url, version=version)).tree()
            found = await fetch_chart(sources, chart, repository=repository, version=version)
        return found.tree()

    return asyncio.run(work())


def with_dependencies(place: Place, flags: Flags) -> Tree:
    """The tree of ``place`` with what ``helm dependency`` would put into ``charts/``."""
    mode = Mode.UPDATE if flags["dependency_update"] else Mode.BUILD

    async def work() -> Tree:
        async with _sources(flags) as sources:
            found = await resolve_dependencies(place.tree, place.path, sources, _packed, mode)
        return found.tree

    return asyncio.run(work())


def _key_ring(flags: Flags) -> bytes | None:
    """The keys of which one has to have signed what is fetched; None if that is all one."""
    return key_ring(flags) if flags["verify"] else None


def _packed(tree: Tree, path: str) -> bytes:
    return pack(chart_from_tree(tree, path).files)


def _sources(flags: Flags, named: str = "") -> ChartSources:
    """What is ``named`` is asked by whom the flags say; the rest is as in Helm's own settings.

    The user of the flags is for what is named alone: charts may depend on whatever they like.
    """
    home = HelmHome.read()
    tls = Tls(
        text_of(flags["ca_file"]),
        text_of(flags["cert_file"]),
        text_of(flags["key_file"]),
        not flags["insecure_skip_tls_verify"],
    )
    anybody = Access(tls=tls, plain_http=flags["plain_http"])
    access = dict(home.access)
    named = home.aliases.get(named.removeprefix("@"), named).rstrip("/")
    if flags["username"] and not named:
        raise InputError("--username is for what --repo or an oci:// URL names")
    if named and (flags["username"] or named not in access):
        access[named] = replace(
            anybody,
            username=flags["username"],
            password=password(flags) if flags["username"] else "",
            pass_credentials=flags["pass_credentials"],
        )
    return ChartSources(access, anybody, keyring=home.keyring, aliases=home.aliases)
