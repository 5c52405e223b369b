"""Helm charts from where they are published, and the charts that a chart depends on.

::

    Chart.yaml, Chart.lock ──dependencies──▶ each from its ChartSource ──▶ packages in charts/
                                             repository (index.yaml over HTTP)
                                             registry   (oci://)

The rules are those of ``helm dependency``; nothing is written, a tree with the packages laid over it
comes back. Rendering is not done here.
"""

from trueup.fetch.charts.dependencies import Mode, Resolved, resolve_dependencies
from trueup.fetch.charts.index import Index, IndexCache
from trueup.fetch.charts.locating import fetch_chart, fetch_published
from trueup.fetch.charts.metadata import ChartFile, Dependency, Lock, read_chart
from trueup.fetch.charts.provenance import check_provenance
from trueup.fetch.charts.sources import Access, ChartSources, Package

__all__ = [
    "Access",
    "ChartFile",
    "ChartSources",
    "Dependency",
    "Index",
    "IndexCache",
    "Lock",
    "Mode",
    "Package",
    "Resolved",
    "check_provenance",
    "fetch_chart",
    "fetch_published",
    "read_chart",
    "resolve_dependencies",
]
