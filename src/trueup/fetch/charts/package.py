"""One chart as it is published: a tar.gz with a name."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from trueup.errors import InputError
from trueup.fetch.charts.metadata import ChartFile, read_chart
from trueup.tree import MemoryTree
from trueup.tree.archive import chart_from_archive

MAX_PACKAGE_BYTES = 64 * 1024 * 1024
MAX_PROVENANCE_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Package:
    """``file_name`` is the one it has in ``charts/``, ``provenance`` its .prov file, if wanted."""

    file_name: str
    content: bytes
    provenance: bytes = b""

    @property
    def digest(self) -> str:
        return f"sha256:{sha256(self.content).hexdigest()}"

    def tree(self) -> MemoryTree:
        """The files of the chart; TreeError where they pass Helm's bounds or are no archive."""
        return chart_from_archive(self.content, source=self.file_name)

    def chart(self) -> ChartFile:
        return read_chart(self.tree(), "")


def check_package(package: Package, name: str) -> None:
    """Raises InputError, or TreeError, where ``package`` is not the chart ``name``."""
    found = package.chart().name
    if found != name:
        raise InputError(
            f"is the chart {found}, not {name}",
            subject=package.file_name,
            next_step="correct the name of the dependency, or the repository's index",
        )
