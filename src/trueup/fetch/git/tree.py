"""The tree of one commit, read from a bare repository as it is asked for."""

from __future__ import annotations

import stat
from collections.abc import Mapping

import pygit2

from trueup.errors import TreeError
from trueup.fetch.git.objects import Objects
from trueup.tree import Entry, Tree, clean_path

_MAX_DIRECTORIES = 4096
"""Directories whose entries are remembered per tree: more than a render of one delivery reads."""

_EMPTY_DIRECTORY = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"

_Parts = tuple[str, ...]
_Directory = Mapping[str, Entry]


class GitTree(Tree):
    """The tree with id ``root`` among ``objects``. Digests are git's object ids, links stay links.

    ``submodules`` maps paths to the trees of their recorded commits; a submodule that is not
    there is an empty directory, as in a clone that does not recurse.
    """

    def __init__(
        self,
        objects: Objects,
        root: str,
        submodules: Mapping[str, GitTree] | None = None,
    ) -> None:
        self.root = root
        self._objects = objects
        self._submodules = {tuple(k.split("/")): tree for k, tree in (submodules or {}).items()}
        self._directories: dict[_Parts, _Directory] = {}

    @property
    def digest_of_all(self) -> str:
        """Identifies the whole tree, its submodules included."""
        return self._digest_of((), self.root)

    def submodule_commit(self, path: str) -> str | None:
        """The commit that is recorded for the submodule at ``path``; None if none is there."""
        parts = clean_path(path)
        above = self._lookup(parts[:-1]) if parts else None
        if above is None or above.kind != "dir":
            return None
        tree = self._objects.read(above.digest.partition("+")[0])
        for child in tree if isinstance(tree, pygit2.Tree) else ():
            if child.filemode == pygit2.enums.FileMode.COMMIT and child.name == parts[-1]:
                return str(child.id)
        return None

    def _lookup(self, parts: _Parts) -> Entry | None:
        if not parts:
            return Entry("", "dir", self.digest_of_all)
        found = self._inside_submodule(parts)
        if found is not None:
            tree, below = found
            return tree._lookup(below) if below else Entry(parts[-1], "dir", tree.digest_of_all)
        directory = self._directory(parts[:-1])
        return None if directory is None else directory.get(parts[-1])

    def _content(self, parts: _Parts) -> bytes:
        found = self._inside_submodule(parts)
        if found is not None:
            return found[0]._content(found[1])
        entry = self._lookup(parts)
        if entry is None or entry.kind == "dir":
            raise TreeError("no such file", subject="/".join(parts))
        return self._objects.blob(entry.digest, "/".join(parts))

    def _children(self, parts: _Parts) -> list[Entry]:
        found = self._inside_submodule(parts)
        if found is not None:
            return found[0]._children(found[1])
        return list((self._directory(parts) or {}).values())

    def _inside_submodule(self, parts: _Parts) -> tuple[GitTree, _Parts] | None:
        for size in range(1, len(parts) + 1) if self._submodules else ():
            tree = self._submodules.get(parts[:size])
            if tree is not None:
                return tree, parts[size:]
        return None

    def _digest_of(self, parts: _Parts, tree_id: str) -> str:
        """A tree's id does not tell which trees its submodules came from when they were left out."""
        inside = sorted(path for path in self._submodules if path[: len(parts)] == parts)
        return "+".join([tree_id, *(self._submodules[path].digest_of_all for path in inside)])

    def _directory(self, parts: _Parts) -> _Directory | None:
        known = self._directories.get(parts)
        if known is None:
            known = self._read_directory(parts)
            if known is not None:
                if len(self._directories) >= _MAX_DIRECTORIES:
                    self._directories.clear()
                self._directories[parts] = known
        return known

    def _read_directory(self, parts: _Parts) -> _Directory | None:
        tree_id = self.root
        if parts:
            above = self._directory(parts[:-1])
            entry = above.get(parts[-1]) if above is not None else None
            if entry is None or entry.kind != "dir":
                return None
            tree_id = entry.digest.partition("+")[0]
        if tree_id == _EMPTY_DIRECTORY:
            return {}
        found = self._objects.read(tree_id)
        if not isinstance(found, pygit2.Tree):
            raise TreeError("is not a tree", subject="/".join(parts))
        entries = (self._entry(parts, child) for child in found)
        return {entry.name: entry for entry in entries if entry is not None}

    def _entry(self, parts: _Parts, child: pygit2.Object) -> Entry | None:
        name = (child.raw_name or b"").decode("utf-8", "surrogateescape")
        if name in ("", ".", "..") or "/" in name:
            return None  # git refuses to make these; a hostile server need not
        mode = child.filemode
        if stat.S_ISDIR(mode):
            return Entry(name, "dir", self._digest_of((*parts, name), str(child.id)))
        if mode == pygit2.enums.FileMode.COMMIT:
            tree = self._submodules.get((*parts, name))
            digest = tree.digest_of_all if tree is not None else _EMPTY_DIRECTORY
            return Entry(name, "dir", digest)
        return Entry(name, "link" if stat.S_ISLNK(mode) else "file", str(child.id))
