"""What a render read: the key of the render cache, and what tells which commits matter to it."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

from trueup.tree.tree import Entry, Tree, clean_path, encode_name

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
        self.is_whole_disk = tree.is_whole_disk
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


class Difference:
    """What is the same in two trees, found as it is asked for and remembered.

    For trees whose digests of directories tell all that is below, as those of sources do.
    """

    def __init__(self, before: Tree, after: Tree) -> None:
        self.before = before.digest("")
        """The digest of the tree from which the other differs."""
        self._trees = before, after
        self._same: dict[str, bool] = {}

    def spares(self, path: str) -> bool:
        """Whether the same is at ``path`` in both, with all below it; False where it is not sure."""
        known = self._same.get(path)
        if known is None:
            within = path != "" and self.spares(path.rpartition("/")[0])
            known = self._same[path] = within or self._looks_same(path)
        return known

    def _looks_same(self, path: str) -> bool:
        before, after = (_observe(tree, "content", path) for tree in self._trees)
        return before is not None and before == after


def is_current(reads: Reads, tree: Tree, difference: Difference | None = None) -> bool:
    """Whether a render that made ``reads`` would read the same from ``tree``.

    ``difference``, of ``tree`` from one where it would, saves looking where nothing differs.
    """
    return all(
        (difference is not None and difference.spares(path)) or _observe(tree, how, path) == seen
        for (how, path), seen in reads.items()
    )


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
    lines = sorted(f"{child.name}/{child.kind}\n" for child in children)
    return sha256(encode_name("".join(lines))).hexdigest()
