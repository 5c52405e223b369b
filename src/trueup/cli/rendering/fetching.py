"""Fetches what ``published`` names the flags of."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from trueup.cli.rendering.helm_home import HelmHome
from trueup.cli.rendering.place import Place
from trueup.cli.rendering.published import password, text_of
from trueup.cli.rendering.rendered import Flags
from trueup.errors import InputError
from trueup.fetch.charts import Access, ChartSources, Mode, fetch_chart, resolve_dependencies
from trueup.fetch.charts.registry import CONFIG
from trueup.fetch.http import Tls
from trueup.fetch.oci import Reference, fetch_artifact
from trueup.fetch.oci.reference import SCHEME
from trueup.render.helm import chart_from_tree
from trueup.render.helm.packing import pack
from trueup.tree import Tree


def from_repository(chart: str, flags: Flags) -> Tree:
    """The files of ``chart`` in the repository that ``--repo`` names."""

    async def work() -> Tree:
        async with _sources(flags, flags["repo"].rstrip("/")) as sources:
            found = await fetch_chart(
                sources, chart, repository=flags["repo"], version=flags["chart_version"]
            )
        return found.tree()

    return asyncio.run(work())


def from_registry(url: str, flags: Flags) -> Tree:
    """The files of the chart, or of an artifact of another kind, at an ``oci://`` URL.

    Without a tag it is a chart, of which the highest version is wanted.
    """

    async def work() -> Tree:
        reference = Reference.parse(url)
        async with _sources(flags, str(reference)) as sources:
            if reference.tag or reference.digest:
                registry = sources.registry(reference)
                manifest = await registry.manifest(reference)
                if manifest.config.media_type != CONFIG:
                    return (await fetch_artifact(registry, reference)).tree
            return (await fetch_chart(sources, url, version=flags["chart_version"])).tree()

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
    """The tree of ``place`` with what ``helm dependency update`` would put into ``charts/``."""

    async def work() -> Tree:
        async with _sources(flags) as sources:
            found = await resolve_dependencies(
                place.tree, place.path, sources, _packed, Mode.UPDATE
            )
        return found.tree

    return asyncio.run(work())


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
