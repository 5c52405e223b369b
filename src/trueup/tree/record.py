"""What a render read: the key of the render cache, and what tells which commits matter to it."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

from trueup.tree.tree import Entry, Tree, clean_path

Reads = Mapping[tuple[str, str], str | None]
"""(``content`` | ``kind`` | ``names``, path) -> what was there; None where nothing was found."""


class RecordingTree(Tree):
    """Passes every look-up on to ``tree`` and notes it in ``reads``, misses included.

    It is the raw look-ups that are noted, so that nothing is missed of what is read through a tree
    that lies over this one. Such a tree must not lean on the digest of an entry: of a look-up the
    kind is noted, and the digest only where ``digest`` is asked for it.
    """

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self.reads: dict[tuple[str, str], str | None] = {}

    def digest(self, path: str) -> str | None:
        found = super().digest(path)
        parts = self._resolve(path)
        if parts is not None:
            self._note("content", parts, self._tree._lookup(parts))
        return found

    def _lookup(self, parts: tuple[str, ...]) -> Entry | None:
        entry = self._tree._lookup(parts)
        self._note("kind", parts, entry)
        return entry

    def _content(self, parts: tuple[str, ...]) -> bytes:
        self._note("content", parts, self._tree._lookup(parts))
        return self._tree._content(parts)

    def _children(self, parts: tuple[str, ...]) -> list[Entry]:
        children = self._tree._children(parts)
        self.reads["names", "/".join(parts)] = _names(children)
        return children

    def _note(self, how: str, parts: tuple[str, ...], entry: Entry | None) -> None:
        self.reads[how, "/".join(parts)] = _seen(how, entry)


def is_current(reads: Reads, tree: Tree) -> bool:
    """Whether a render that made ``reads`` would read the same from ``tree``."""
    return all(_observe(tree, how, path) == seen for (how, path), seen in reads.items())


def _observe(tree: Tree, how: str, path: str) -> str | None:
    parts = clean_path(path)
    above = tree._lookup(parts[:-1])
    entry = tree._lookup(parts) if above is not None and above.kind == "dir" else None
    if how != "names":
        return _seen(how, entry)
    return _names(tree._children(parts)) if entry is not None and entry.kind == "dir" else None


def _seen(how: str, entry: Entry | None) -> str | None:
    if entry is None:
        return None
    return entry.kind if how == "kind" else f"{entry.kind} {entry.digest}"


def _names(children: list[Entry]) -> str:
    lines = sorted(f"{child.name}\n{child.kind}\n" for child in children)
    return sha256("".join(lines).encode("utf-8", "surrogateescape")).hexdigest()
