"""A chart by its name: in a repository, or in a registry."""

from __future__ import annotations

from trueup.fetch.charts.package import Package, check_package
from trueup.fetch.charts.sources import ChartSources
from trueup.fetch.oci.reference import SCHEME


async def fetch_chart(
    sources: ChartSources, chart: str, *, repository: str = "", version: str = ""
) -> Package:
    """``chart`` of the HTTP ``repository``, or an ``oci://`` URL of its own.

    ``version`` is a version or a range; the highest one if it is empty. Raises HttpError or
    InputError where it cannot be had, TreeError where it is no package.
    """
    if chart.startswith(SCHEME):
        package = await sources.package_at(chart, version)
        package.chart()
    else:
        package = await sources.source(repository).package(chart, version)
        check_package(package, chart)
    return package
