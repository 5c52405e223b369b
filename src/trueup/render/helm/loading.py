"""Charts from trees and from archives, as Helm's loader reads them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from trueup.errors import RenderError, TreeError
from trueup.render.helm.chart import Chart, chart_from_files
from trueup.render.helm.ignore import IGNORE_FILE, ignore_rules
from trueup.tree import BoundedTree, Tree
from trueup.tree.archive import CHART_BOUNDS, chart_from_archive
from trueup.tree.bounds import Meter

_BOM = b"\xef\xbb\xbf"

Hides = Callable[[str, bool], bool]


def chart_from_tree(tree: Tree, path: str) -> Chart:
    """The chart in the folder ``path`` of ``tree``, less what its ``.helmignore`` hides.

    Links are followed as far as they stay in the tree. Raises RenderError for what is no chart, and
    TreeError for what is larger than Helm takes.
    """
    bounded = BoundedTree(tree, CHART_BOUNDS)
    root = path or "."
    ignored = f"{root}/{IGNORE_FILE}"
    rules = bounded.read(ignored).decode("utf-8", "replace") if bounded.is_file(ignored) else ""
    hides = ignore_rules(rules)
    return chart_from_files(_files(bounded, root, hides), root)


def chart_from_package(archive: bytes, source: str) -> Chart:
    """The chart that is packed in ``archive``, a tar.gz; ``source`` names it in errors."""
    tree = chart_from_archive(archive, source=source)
    return chart_from_files(_files(tree, ".", lambda _path, _is_folder: False), source)


def _files(tree: Tree, root: str, hides: Hides) -> tuple[tuple[str, bytes], ...]:
    """Counted as often as links lead to them: a few links make many paths to one folder."""
    return tuple(_walk(tree, root, "", hides, Meter(CHART_BOUNDS)))


def _walk(
    tree: Tree, root: str, below: str, hides: Hides, meter: Meter
) -> Iterator[tuple[str, bytes]]:
    for entry in tree.entries(f"{root}/{below}"):
        path = f"{below}/{entry.name}" if below else entry.name
        meter.add_entries(1, f"{root}/{path}")
        kind = entry.kind if entry.kind != "link" else tree.kind(f"{root}/{path}")
        if hides(path, kind == "dir"):
            continue
        if kind == "dir":
            yield from _walk(tree, root, path, hides, meter)
        elif kind == "file":
            content = _content(tree, f"{root}/{path}").removeprefix(_BOM)
            meter.add_content(len(content), f"{root}/{path}")
            yield path, content
        else:
            raise RenderError("the link leads nowhere", subject=f"{root}/{path}")


def _content(tree: Tree, path: str) -> bytes:
    try:
        return tree.read(path)
    except TreeError as error:
        error.next_step = error.next_step or "name the file in .helmignore"
        raise
