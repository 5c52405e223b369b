"""A tree held in memory: for tests, for rendering text that was given, for overlays."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

from trueup.tree.tree import Entry, Tree, clean_path, encode_name


class MemoryTree(Tree):
    """``files`` maps paths to content; a path that ends in ``/`` is an empty directory.

    ``links`` maps paths to symlink targets.
    """

    def __init__(
        self, files: Mapping[str, bytes | str], links: Mapping[str, str] | None = None
    ) -> None:
        self._files: dict[tuple[str, ...], bytes] = {}
        self._links: dict[tuple[str, ...], str] = {}
        self._dirs: dict[tuple[str, ...], set[str]] = {(): set()}
        self._entries: dict[tuple[str, ...], Entry | None] = {}
        for path, content in files.items():
            parts = clean_path(path)
            if path.endswith("/"):
                self._add_directory(parts)
            else:
                self._add_directory(parts[:-1], parts[-1])
                self._files[parts] = content.encode() if isinstance(content, str) else content
        for path, target in (links or {}).items():
            parts = clean_path(path)
            self._add_directory(parts[:-1], parts[-1])
            self._links[parts] = target

    def _add_directory(self, parts: tuple[str, ...], child: str | None = None) -> None:
        names = self._dirs.get(parts)
        if names is None:
            names = self._dirs[parts] = set()
            self._add_directory(parts[:-1], parts[-1])
        if child is not None:
            names.add(child)

    def _lookup(self, parts: tuple[str, ...]) -> Entry | None:
        if parts not in self._entries:
            self._entries[parts] = self._describe(parts)
        return self._entries[parts]

    def _describe(self, parts: tuple[str, ...]) -> Entry | None:
        name = parts[-1] if parts else ""
        if parts in self._files:
            return Entry(name, "file", sha256(self._files[parts]).hexdigest())
        if parts in self._links:
            return Entry(name, "link", sha256(self._content(parts)).hexdigest())
        if parts not in self._dirs:
            return None
        below = "".join(
            f"{e.kind} {e.digest} {e.name}/"  # which no name can hold
            for e in sorted(self._children(parts), key=lambda e: e.name)
        )
        return Entry(name, "dir", sha256(encode_name(below)).hexdigest())

    def _content(self, parts: tuple[str, ...]) -> bytes:
        if parts in self._links:
            return encode_name(self._links[parts])
        return self._files[parts]

    def _children(self, parts: tuple[str, ...]) -> list[Entry]:
        found = (self._lookup((*parts, name)) for name in self._dirs[parts])
        return [entry for entry in found if entry is not None]
