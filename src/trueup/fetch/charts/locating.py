"""A chart by its name: in a repository, or in a registry."""

from __future__ import annotations

from trueup.errors import VerificationError
from trueup.fetch.charts.package import Package, check_package
from trueup.fetch.charts.provenance import check_provenance
from trueup.fetch.charts.registry import ChartRegistry, is_chart
from trueup.fetch.charts.sources import ChartSources
from trueup.fetch.oci import Reference, fetch_files
from trueup.fetch.oci.reference import SCHEME
from trueup.tree import Tree


async def fetch_chart(
    sources: ChartSources,
    chart: str,
    *,
    repository: str = "",
    version: str = "",
    key_ring: bytes | None = None,
) -> Package:
    """``chart`` of the HTTP ``repository``, or an ``oci://`` URL of its own.

    ``version`` is a version or a range; the highest one if it is empty. With ``key_ring`` it has to
    be signed by one of its keys. Raises HttpError or InputError where it cannot be had, TreeError
    where it is no package, VerificationError where it is not signed.
    """
    signed = key_ring is not None
    if chart.startswith(SCHEME):
        return _checked(await sources.package_at(chart, version, signed=signed), key_ring)
    package = await sources.source(repository).package(chart, version, signed=signed)
    check_package(_checked(package, key_ring), chart)
    return package


async def fetch_published(
    sources: ChartSources, url: str, *, version: str = "", key_ring: bytes | None = None
) -> Tree:
    """The files of the chart at an ``oci://`` URL, or of an artifact of another kind.

    A URL without a tag is that of a chart. Raises as ``fetch_chart``.
    """
    reference = Reference.parse(url)
    registry = sources.registry(reference)
    charts = ChartRegistry(url, registry)
    is_named = reference.tag or reference.digest
    if not is_named:
        reference = await charts.pinned(reference, version)
    manifest = await registry.manifest(reference)
    if not is_chart(manifest):
        if key_ring is not None:
            raise VerificationError("is no chart, and only charts have provenance", subject=url)
        return await fetch_files(registry, reference, manifest)
    if is_named:
        reference = await charts.pinned(reference, version)
    package = await charts.package_of(reference, manifest, signed=key_ring is not None)
    return _checked(package, key_ring).tree()


def _checked(package: Package, key_ring: bytes | None) -> Package:
    """``package``, which is a chart."""
    if key_ring is not None:
        check_provenance(package, key_ring)
    package.chart()
    return package
