"""How large a tree may be: what is unpacked, and what one render reads of it.

Whoever writes a repository or an archive could otherwise fill the memory, or the time, of what
renders it. Every error names the entry at which the bound was passed.
"""

from __future__ import annotations

from dataclasses import dataclass

from trueup.errors import TreeError
from trueup.tree.tree import Entry, Tree

MIB = 1024 * 1024

_SHOWN = 80

MAX_FILE_BYTES = 32 * MIB
"""What a Tree gives out at once, whatever it is made of."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """Limits of one tree; the defaults hold any that people keep by hand, with room to spare."""

    total_bytes: int = 100 * MIB
    """The content of all files together."""
    file_bytes: int = MAX_FILE_BYTES
    entries: int = 20_000
    """Files, links and directories."""
    depth: int = 64
    """Directories within each other, the file counted too."""
    path_length: int = 4096
    """In characters."""
    ratio: int = 200
    """How many times larger than the archive its content may be."""


RENDER_BOUNDS = Bounds(total_bytes=256 * MIB, entries=200_000)
"""Of what one render reads: it may list the folders of a large repository to find what is its own."""


class Meter:
    """Counts what is taken from a tree; each method raises TreeError where a bound is passed.

    ``path`` names the entry that is being taken.
    """

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._bytes = 0
        self._entries = 0

    def add_entries(self, count: int, path: str) -> None:
        self._entries += count
        if self._entries > self._bounds.entries:
            raise _too_large(f"more than {self._bounds.entries} files and directories", path)

    def add_content(self, size: int, path: str) -> None:
        check_file_size(size, path, self._bounds.file_bytes)
        self._bytes += size
        if self._bytes > self._bounds.total_bytes:
            raise _too_large(f"more than {self._bounds.total_bytes} bytes in all files", path)

    def check_path(self, parts: tuple[str, ...]) -> None:
        if len(parts) > self._bounds.depth:
            raise _too_large(f"more than {self._bounds.depth} directories deep", _short(parts))
        if sum(map(len, parts)) + len(parts) > self._bounds.path_length:
            raise _too_large(
                f"a path of more than {self._bounds.path_length} characters", _short(parts)
            )


def check_file_size(size: int, path: str, limit: int = MAX_FILE_BYTES) -> None:
    """Raises TreeError if the file at ``path`` has more than ``limit`` bytes."""
    if size > limit:
        raise TreeError(
            f"larger than {limit} bytes", subject=path, next_step="keep large files elsewhere"
        )


class BoundedTree(Tree):
    """``tree`` for one render, which may read only so much of it.

    What is read or listed again counts once.
    """

    def __init__(self, tree: Tree, bounds: Bounds = RENDER_BOUNDS) -> None:
        self._tree = tree
        self.is_whole_disk = tree.is_whole_disk
        self._meter = Meter(bounds)
        self._read: set[tuple[str, ...]] = set()
        self._listed: set[tuple[str, ...]] = set()

    def _lookup(self, parts: tuple[str, ...]) -> Entry | None:
        self._meter.check_path(parts)
        return self._tree._lookup(parts)

    def _content(self, parts: tuple[str, ...]) -> bytes:
        content = self._tree._content(parts)
        if parts not in self._read:
            self._read.add(parts)
            self._meter.add_content(len(content), "/".join(parts))
        return content

    def _children(self, parts: tuple[str, ...]) -> list[Entry]:
        children = self._tree._children(parts)
        if parts not in self._listed:
            self._listed.add(parts)
            self._meter.add_entries(len(children), "/".join(parts) or ".")
        return children


def _short(parts: tuple[str, ...]) -> str:
    path = "/".join(parts)
    return path if len(path) <= _SHOWN else f"{path[:_SHOWN]}…"


def _too_large(what: str, path: str) -> TreeError:
    return TreeError(
        f"the tree is too large: {what}", subject=path, next_step="split it, or name a part of it"
    )
