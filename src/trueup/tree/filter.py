"""A tree of which some paths are hidden."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from hashlib import sha256

from trueup.tree.tree import Entry, Tree, encode_name


class FilteredTree(Tree):
    """``tree`` without symlinks and without what ``hides(path, is_dir)`` says.

    A hidden folder is there all the same if something in it is not hidden; that is looked for
    only with ``search_hidden``. ``mark`` identifies the filter: it becomes part of the digest of
    folders, so that another filter gives another digest.
    """

    def __init__(
        self,
        tree: Tree,
        hides: Callable[[Sequence[str], bool], bool],
        *,
        search_hidden: bool,
        mark: str,
    ) -> None:
        self._tree = tree
        self._hides = hides
        self._search_hidden = search_hidden
        self._mark = mark
        self._shown: dict[tuple[str, ...], bool] = {}

    def _lookup(self, parts: tuple[str, ...]) -> Entry | None:
        entry = self._tree._lookup(parts)
        return None if entry is None else self._seen(parts, entry)

    def _content(self, parts: tuple[str, ...]) -> bytes:
        return self._tree._content(parts)

    def _children(self, parts: tuple[str, ...]) -> list[Entry]:
        found = (self._seen((*parts, child.name), child) for child in self._tree._children(parts))
        return [entry for entry in found if entry is not None]

    def _seen(self, parts: tuple[str, ...], entry: Entry) -> Entry | None:
        if parts and not self._shows(parts, entry):
            return None
        if entry.kind != "dir":
            return entry
        digest = sha256(encode_name(f"{self._mark} {'/'.join(parts)} {entry.digest}"))
        return replace(entry, digest=digest.hexdigest())

    def _shows(self, parts: tuple[str, ...], entry: Entry) -> bool:
        known = self._shown.get(parts)
        if known is None:
            known = self._shown[parts] = self._decide(parts, entry)
        return known

    def _decide(self, parts: tuple[str, ...], entry: Entry) -> bool:
        if entry.kind == "link":
            return False
        if not self._hides(parts, entry.kind == "dir"):
            return True
        if entry.kind == "file" or not self._search_hidden:
            return False
        return any(
            self._shows((*parts, child.name), child) for child in self._tree._children(parts)
        )
