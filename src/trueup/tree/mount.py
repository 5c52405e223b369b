"""Trees laid into another tree at given paths, as a source's ``include`` asks for."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

from trueup.errors import TreeError
from trueup.tree.tree import Entry, Tree, clean_path, encode_name

Parts = tuple[str, ...]


class MountedTree(Tree):
    """``base`` with ``(tree, path within it)`` in place of what is at each mount point."""

    def __init__(self, base: Tree, mounts: Mapping[str, tuple[Tree, str]]) -> None:
        self._base = base
        self._mounts: dict[Parts, tuple[Tree, Parts]] = {}
        for point, (tree, path) in mounts.items():
            if not tree.is_dir(path):
                raise TreeError("no such directory to include", subject=path or ".")
            self._mounts[clean_path(point)] = (tree, clean_path(path))

    def _find(self, parts: Parts) -> tuple[Tree, Parts]:
        for point, (tree, path) in self._mounts.items():
            if parts[: len(point)] == point:
                return tree, path + parts[len(point) :]
        return self._base, parts

    def _points_below(self, parts: Parts) -> dict[str, Parts]:
        depth = len(parts)
        return {
            point[depth]: point[: depth + 1]
            for point in self._mounts
            if len(point) > depth and point[:depth] == parts
        }

    def _lookup(self, parts: Parts) -> Entry | None:
        tree, inner = self._find(parts)
        entry = tree._lookup(inner)
        name = parts[-1] if parts else ""
        below = self._points_below(parts)
        if not below:
            return None if entry is None else Entry(name, entry.kind, entry.digest)
        children = [self._lookup(point) for point in below.values()]
        mark = "".join(f"{child.digest} {child.name}/" for child in children if child)
        digest = sha256(encode_name(f"{entry.digest if entry else ''}\n{mark}")).hexdigest()
        return Entry(name, "dir", digest)

    def _content(self, parts: Parts) -> bytes:
        tree, inner = self._find(parts)
        return tree._content(inner)

    def _children(self, parts: Parts) -> list[Entry]:
        tree, inner = self._find(parts)
        found = tree._lookup(inner)
        here = tree._children(inner) if found is not None and found.kind == "dir" else []
        entries = {entry.name: entry for entry in here}
        for name, point in self._points_below(parts).items():
            entry = self._lookup(point)
            if entry is not None:
                entries[name] = entry
        return list(entries.values())
