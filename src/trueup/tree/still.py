"""A tree that stands still while it is looked at."""

from __future__ import annotations

from trueup.tree.tree import Entry, Tree


class StillTree(Tree):
    """``tree``, asked once for each look-up: what was seen stays so, and costs nothing again.

    For as long as one render takes: what was read is kept.
    """

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self.is_whole_disk = tree.is_whole_disk
        self._entries: dict[tuple[str, ...], Entry | None] = {}
        self._contents: dict[tuple[str, ...], bytes] = {}
        self._resolved: dict[str, tuple[str, ...] | None] = {}

    def digest(self, path: str) -> str | None:
        return self._tree.digest(path)

    def _resolve(self, path: str) -> tuple[str, ...] | None:
        if path not in self._resolved:
            self._resolved[path] = super()._resolve(path)
        return self._resolved[path]

    def _lookup(self, parts: tuple[str, ...]) -> Entry | None:
        if parts not in self._entries:
            self._entries[parts] = self._tree._lookup(parts)
        return self._entries[parts]

    def _content(self, parts: tuple[str, ...]) -> bytes:
        found = self._contents.get(parts)
        if found is None:
            found = self._contents[parts] = self._tree._content(parts)
        return found

    def _children(self, parts: tuple[str, ...]) -> list[Entry]:
        return self._tree._children(parts)
