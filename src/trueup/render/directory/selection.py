"""Which files of a directory are manifests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from trueup.errors import RenderError
from trueup.render.directory.glob import compile_pattern
from trueup.tree import Tree

SUFFIXES = (".yaml", ".yml", ".json", ".jsonnet")
MAX_FILES = 50_000
MAX_DEPTH = 100


@dataclass(frozen=True)
class Selection:
    """Files whose name ends as those of manifests do.

    ``include`` and ``exclude`` are patterns on the path relative to the directory; empty ones do
    not count. ``recurse``: also those of the folders below.
    """

    recurse: bool = False
    include: str = ""
    exclude: str = ""


def select(tree: Tree, path: str, selection: Selection) -> list[str]:
    """The paths of the files below ``path``, in the order of their names, or ``path`` if it is one.

    Links to files count, those to folders do not, and neither do those to nothing. Raises
    TreeError for links that leave the tree, InputError for a malformed pattern, RenderError for
    more than MAX_FILES.
    """
    counts = _predicate(selection)
    if tree.is_file(path):
        return [path]
    found = []
    for name in _walk(tree, path, "", selection.recurse):
        if counts(name):
            full = f"{path}/{name}" if path not in ("", ".") else name
            if tree.is_file(full):
                found.append(full)
        if len(found) > MAX_FILES:
            raise RenderError(
                f"more than {MAX_FILES} manifests",
                subject=path or ".",
                next_step="render a folder of it, or exclude some",
            )
    return found


def _predicate(selection: Selection) -> Callable[[str], bool]:
    includes = compile_pattern(selection.include) if selection.include else None
    excludes = compile_pattern(selection.exclude) if selection.exclude else None

    def counts(name: str) -> bool:
        if not name.endswith(SUFFIXES) or (excludes is not None and excludes(name)):
            return False
        return includes is None or includes(name)

    return counts


def _walk(tree: Tree, path: str, below: str, recurse: bool, depth: int = 0) -> Iterator[str]:
    """The files below ``path``/``below``, relative to ``path``."""
    if depth > MAX_DEPTH:
        raise RenderError(f"folders are nested deeper than {MAX_DEPTH} levels", subject=below)
    for entry in tree.entries("/".join(part for part in (path, below) if part)):
        name = f"{below}/{entry.name}" if below else entry.name
        if entry.kind != "dir":
            yield name
        elif recurse:
            yield from _walk(tree, path, name, recurse, depth + 1)
