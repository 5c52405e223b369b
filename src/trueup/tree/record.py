"""What a render read: the key of the render cache, and what tells which commits matter to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from trueup.tree.tree import Entry, Tree, clean_path

Reads = Mapping[tuple[str, str], str | None]
"""(``content`` | ``kind`` | ``list``, path) -> digest; None where nothing was found."""


class RecordingTree(Tree):
    """Passes every look-up on to ``tree`` and notes it in ``reads``, misses included."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self.reads: dict[tuple[str, str], str | None] = {}

    def read(self, path: str) -> bytes:
        self._note("content", path)
        return self._tree.read(path)

    def kind(self, path: str) -> Literal["file", "dir"] | None:
        self._note("kind", path)
        return self._tree.kind(path)

    def entries(self, path: str = "") -> list[Entry]:
        self._note("list", path)
        return self._tree.entries(path)

    def digest(self, path: str) -> str | None:
        self._note("content", path)
        return self._tree.digest(path)

    def resolve(self, path: str) -> str | None:
        self._note("resolve", path)
        return self._tree.resolve(path)

    def _note(self, how: str, path: str) -> None:
        key = (how, "/".join(clean_path(path)))
        if key not in self.reads:
            self.reads[key] = _observe(self._tree, *key)

    def _lookup(self, parts: tuple[str, ...]) -> Entry | None:
        return self._tree._lookup(parts)

    def _content(self, parts: tuple[str, ...]) -> bytes:
        return self._tree._content(parts)

    def _children(self, parts: tuple[str, ...]) -> list[Entry]:
        return self._tree._children(parts)


def is_current(reads: Reads, tree: Tree) -> bool:
    """Whether a render that made ``reads`` would read the same from ``tree``."""
    return all(_observe(tree, how, path) == seen for (how, path), seen in reads.items())


def _observe(tree: Tree, how: str, path: str) -> str | None:
    match how:
        case "content":
            return tree.digest(path)
        case "kind":
            return tree.kind(path)
        case "resolve":
            return tree.resolve(path)
        case _:
            return tree.listing_digest(path)
