"""The chart as the archive that Helm's library is handed, with what a rendering needs on top."""

from __future__ import annotations

import gzip
import io
import tarfile
from collections.abc import Iterable, Iterator, Mapping

from trueup.errors import RenderError
from trueup.render.helm.chart import SCHEMA_FILE
from trueup.render.helm.guard import guard_of
from trueup.render.helm.request import ChartRequest
from trueup.tree.archive import CHART_BOUNDS, chart_from_archive
from trueup.tree.bounds import Meter
from trueup.tree.tree import Tree

_MOST_PACKAGES_WITHIN = 10

Files = tuple[tuple[str, bytes], ...]


def files_of(request: ChartRequest) -> tuple[Files, str]:
    """The files to render, and the path of the guard among them; that is empty if none is needed."""
    files = request.chart.files
    if not request.validate_schema:
        unpacked = _unpacked(files)
        files = tuple(file for file in unpacked if file[0].rpartition("/")[2] != SCHEMA_FILE)
    guard = guard_of(request)
    if not guard:
        return files, ""
    depth = max(path.count("/") for path, _ in _unpacked(files)) + 1
    path = f"templates/{'~/' * depth}~"
    return (*files, (path, guard.encode())), path


def pack(files: Iterable[tuple[str, bytes]]) -> bytes:
    """A tar.gz with ``files`` in one folder, as packed charts are."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for path, content in files:
            member = tarfile.TarInfo(f"chart/{path}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return gzip.compress(buffer.getvalue(), compresslevel=1, mtime=0)


def _unpacked(files: Iterable[tuple[str, bytes]]) -> Files:
    """``files`` with those of packed subcharts in the place of each package.

    Raises RenderError where packages hold packages beyond measure: a package may hold itself.
    """
    return tuple(_each_unpacked(files, Meter(CHART_BOUNDS), 0))


def _each_unpacked(
    files: Iterable[tuple[str, bytes]], meter: Meter, level: int
) -> Iterator[tuple[str, bytes]]:
    for path, content in files:
        meter.add_content(len(content), path)
        if not _is_packed_subchart(path):
            yield path, content
            continue
        if level == _MOST_PACKAGES_WITHIN:
            raise RenderError(f"packages within packages, {level} deep", subject=path)
        tree = chart_from_archive(content, source=path)
        folder = path.removesuffix(".tgz")
        for below, inner in _each_unpacked(_walk(tree, ""), meter, level + 1):
            yield f"{folder}/{below}", inner


def _is_packed_subchart(path: str) -> bool:
    parts = path.split("/")
    return path.endswith(".tgz") and parts[-2:-1] == ["charts"] and parts[-1][0] not in "_."


def _walk(tree: Tree, folder: str) -> Iterator[tuple[str, bytes]]:
    for entry in tree.entries(folder or "."):
        path = f"{folder}/{entry.name}".lstrip("/")
        if entry.kind == "dir":
            yield from _walk(tree, path)
        else:
            yield path, tree.read(path)


def without(files: Mapping[str, str], guard: str) -> dict[str, str]:
    """What was rendered, less the guard."""
    return {path: text for path, text in files.items() if not guard or not path.endswith(guard)}
