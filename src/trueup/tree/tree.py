"""The Tree interface, and the one place where paths and symlinks are resolved."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Literal

from trueup.errors import TreeError

MAX_LINKS = 40
"""Symlinks followed for one path before it counts as a loop (as Linux does)."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One name in a directory. ``digest`` identifies the content; it is opaque."""

    name: str
    kind: Literal["file", "dir", "link"]
    digest: str


def clean_path(path: str) -> tuple[str, ...]:
    """The parts of a relative path, with ``.`` and ``..`` resolved.

    Raises TreeError for an absolute path or one that leaves the tree.
    """
    if path.startswith("/"):
        raise TreeError(
            "absolute paths are not allowed",
            subject=path,
            next_step="use a path relative to the tree",
        )
    parts: list[str] = []
    for part in path.split("/"):
        if part in ("", "."):
            continue
        if part != "..":
            parts.append(part)
        elif parts:
            parts.pop()
        else:
            raise TreeError("path leaves its tree", subject=path)
    return tuple(parts)


def encode_name(text: str) -> bytes:
    """The bytes of a name, a path or a link's target; what is no UTF-8 comes back as it was."""
    return text.encode("utf-8", "surrogateescape")


class Tree(ABC):
    """A read-only, immutable file tree.

    Implementations give the three raw look-ups, which never follow a link; the public methods
    resolve links within the tree.
    """

    is_whole_disk = False
    """Whether absolute symlinks stay inside."""

    @abstractmethod
    def _lookup(self, parts: tuple[str, ...]) -> Entry | None:
        """The entry at exactly ``parts`` (whose parents are real directories), or None."""

    @abstractmethod
    def _content(self, parts: tuple[str, ...]) -> bytes:
        """The bytes of a file, or the target text of a link."""

    @abstractmethod
    def _children(self, parts: tuple[str, ...]) -> list[Entry]:
        """The entries of a directory, in any order."""

    def resolve(self, path: str) -> str | None:
        """The path behind all links, or None if nothing is there."""
        parts = self._resolve(path)
        return None if parts is None else "/".join(parts)

    def kind(self, path: str) -> Literal["file", "dir"] | None:
        """What is at ``path`` after following links; None if nothing is."""
        parts = self._resolve(path)
        entry = None if parts is None else self._lookup(parts)
        return None if entry is None or entry.kind == "link" else entry.kind

    def is_file(self, path: str) -> bool:
        return self.kind(path) == "file"

    def is_dir(self, path: str) -> bool:
        return self.kind(path) == "dir"

    def read(self, path: str) -> bytes:
        """The bytes of the file at ``path``; TreeError if there is none."""
        parts = self._resolve(path)
        entry = None if parts is None else self._lookup(parts)
        if parts is None or entry is None:
            raise TreeError("no such file", subject=path)
        if entry.kind == "dir":
            raise TreeError("is a directory, not a file", subject=path)
        return self._content(parts)

    def entries(self, path: str = "") -> list[Entry]:
        """The entries of a directory sorted by name, links unresolved; TreeError if none."""
        parts = self._resolve(path)
        entry = None if parts is None else self._lookup(parts)
        if parts is None or entry is None:
            raise TreeError("no such directory", subject=path or ".")
        if entry.kind != "dir":
            raise TreeError("is a file, not a directory", subject=path)
        return sorted(self._children(parts), key=lambda child: child.name)

    def digest(self, path: str) -> str | None:
        """An identifier of what is at ``path``, with all below it; None if nothing is there."""
        parts = self._resolve(path)
        entry = None if parts is None else self._lookup(parts)
        return None if entry is None else f"{entry.kind}:{entry.digest}"

    def _resolve(self, path: str) -> tuple[str, ...] | None:
        todo = list(reversed(clean_path(path)))
        done: tuple[str, ...] = ()
        links = 0
        while todo:
            part = todo.pop()
            if part == "..":
                if not done:
                    raise TreeError("symlink leaves its tree", subject=path)
                done = done[:-1]
                continue
            here = (*done, part)
            entry = self._lookup(here)
            if entry is None:
                return None
            if entry.kind != "link":
                if todo and entry.kind == "file":
                    return None
                done = here
                continue
            links += 1
            if links > MAX_LINKS:
                raise TreeError("too many levels of symlinks", subject=path)
            target = self._content(here).decode("utf-8", "surrogateescape")
            if target.startswith("/"):
                if not self.is_whole_disk:
                    raise TreeError("symlink leaves its tree", subject=path)
                done = ()
            todo.extend(p for p in reversed(target.split("/")) if p not in ("", "."))
        return done
