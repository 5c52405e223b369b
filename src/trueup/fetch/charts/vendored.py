"""The charts that lie in a chart's ``charts/`` already."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from trueup.errors import TrueupError
from trueup.fetch.charts.metadata import ChartFile, read_chart
from trueup.fetch.charts.package import Package
from trueup.tree import Tree


@dataclass(frozen=True, slots=True)
class Vendored:
    """One of them, a package or a folder, at ``path``."""

    path: str
    chart: ChartFile
    is_package: bool


def vendored(tree: Tree, folder: str) -> Iterator[Vendored]:
    """The charts in ``folder``. What is none there is passed over, and found out when rendering."""
    for entry in tree.entries(folder) if tree.is_dir(folder) else ():
        path = f"{folder}/{entry.name}"
        is_package = entry.name.endswith(".tgz") and tree.is_file(path)
        if entry.name[0] in "_." or not (is_package or tree.is_file(f"{path}/Chart.yaml")):
            continue
        try:
            package = Package(entry.name, tree.read(path)) if is_package else None
            chart = package.chart() if package is not None else read_chart(tree, path)
        except TrueupError:
            continue
        yield Vendored(path, chart, is_package)


def missing(chart: ChartFile, there: Mapping[str, Vendored]) -> list[str]:
    """The dependencies of ``chart`` of which no version is ``there``, by name."""
    return [each.name for each in chart.dependencies or () if each.name not in there]
