"""Reads objects of one bare repository, also while another process repacks it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pygit2

from trueup.errors import TreeError
from trueup.tree.bounds import check_file_size

_UNREADABLE = (KeyError, ValueError, OSError, pygit2.GitError)


class Objects:
    """The objects below ``path``. ``is_damaged`` turns true when one could not be read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.is_damaged = False
        self._opened: pygit2.Repository | None = None

    @property
    def repository(self) -> pygit2.Repository:
        """The repository, opened at its first use. Raises pygit2.GitError if it is not one."""
        if self._opened is None:
            flags = pygit2.enums.RepositoryOpenFlag.NO_SEARCH
            self._opened = pygit2.Repository(str(self.path), flags)
        return self._opened

    def close(self) -> None:
        """Lets go of open packs; the next read opens them anew."""
        self._opened = None

    def has(self, object_id: str) -> bool:
        try:
            return object_id in self.repository
        except _UNREADABLE:
            return False

    def read(self, object_id: str) -> Any:
        """Raises TreeError if the object is not there or its bytes are not what its id says."""
        try:
            return self.repository[object_id]
        except _UNREADABLE:
            self.close()  # packs that were open may have been replaced
        try:
            return self.repository[object_id]
        except _UNREADABLE as error:
            self.is_damaged = True
            raise TreeError(
                f"object {object_id} cannot be read from the cache",
                next_step="the cache is rebuilt at the next fetch",
            ) from error

    def blob(self, object_id: str, path: str = "") -> bytes:
        """The content of a file; TreeError if it is larger than a Tree may hold."""
        try:
            _, size = self.repository.odb.read_header(object_id)
        except _UNREADABLE:
            size = 0  # reading it tells what is wrong
        check_file_size(size, path)
        found = self.read(object_id)
        if not isinstance(found, pygit2.Blob):
            raise TreeError("is not a file", subject=path)
        return found.data
