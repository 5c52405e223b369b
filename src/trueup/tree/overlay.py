"""A tree with a few files laid over it."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

from trueup.tree.memory import MemoryTree
from trueup.tree.tree import Entry, Tree


class OverlayTree(Tree):
    """``tree`` with ``files`` (path -> content) in the place of what it has there.

    The paths are taken as they are: resolve links before.
    """

    def __init__(self, tree: Tree, files: Mapping[str, bytes | str]) -> None:
        self._tree = tree
        self._over = MemoryTree(files)

    def _lookup(self, parts: tuple[str, ...]) -> Entry | None:
        over, under = self._over._lookup(parts), self._tree._lookup(parts)
        if over is None or under is None:
            return over or under
        if over.kind == "dir" and under.kind == "dir":
            digest = sha256(f"{over.digest} {under.digest}".encode()).hexdigest()
            return Entry(over.name, "dir", digest)
        return over

    def _content(self, parts: tuple[str, ...]) -> bytes:
        has_it = self._over._lookup(parts) is not None
        return (self._over if has_it else self._tree)._content(parts)

    def _children(self, parts: tuple[str, ...]) -> list[Entry]:
        names: set[str] = set()
        for tree in (self._over, self._tree):
            entry = tree._lookup(parts)
            if entry is not None and entry.kind == "dir":
                names.update(child.name for child in tree._children(parts))
        found = (self._lookup((*parts, name)) for name in names)
        return [entry for entry in found if entry is not None]
