"""A tree with a few files laid over it, and others taken away."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from hashlib import sha256

from trueup.tree.memory import MemoryTree
from trueup.tree.tree import Entry, Tree, clean_path, encode_name


class OverlayTree(Tree):
    """``tree`` with ``files`` (path -> content) in the place of what it has there.

    What is at the paths ``without`` is not there any more, unless it is among ``files``. All paths
    are taken as they are: resolve links before.
    """

    def __init__(
        self, tree: Tree, files: Mapping[str, bytes | str], *, without: Collection[str] = ()
    ) -> None:
        self._tree = tree
        self.is_whole_disk = tree.is_whole_disk
        self._over = MemoryTree(files)
        self._without = {clean_path(path) for path in without}

    def _lookup(self, parts: tuple[str, ...]) -> Entry | None:
        over, under = self._over._lookup(parts), self._under(parts)
        if over is None or under is None:
            return over or under
        if over.kind == "dir" and under.kind == "dir":
            digest = sha256(f"{over.digest} {under.digest}".encode()).hexdigest()
            return Entry(over.name, "dir", digest)
        return over

    def _under(self, parts: tuple[str, ...]) -> Entry | None:
        """What the tree has there; a folder that lost something is another one."""
        if not self._without:
            return self._tree._lookup(parts)
        entry = None if parts in self._without else self._tree._lookup(parts)
        lost = sorted(path for path in self._without if path[: len(parts)] == parts)
        if entry is None or entry.kind != "dir" or not lost:
            return entry
        mark = encode_name(f"{entry.digest} without {lost}")
        return Entry(entry.name, "dir", sha256(mark).hexdigest())

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
