"""A folder on disk as a Tree: for the command line, which renders what is checked out."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from trueup.errors import TreeError
from trueup.tree.bounds import check_file_size
from trueup.tree.tree import Entry, Tree


class FolderTree(Tree):
    """The tree below ``root``. Links are resolved within it; those that leave it are refused.

    Digests are of size and modification time, so that looking does not read every file.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.is_whole_disk = root == Path("/")
        self._prefix = "" if self.is_whole_disk else str(root)

    def _lookup(self, parts: tuple[str, ...]) -> Entry | None:
        try:
            status = os.lstat(self._path(parts)) if parts else self.root.stat()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except (OSError, ValueError) as error:
            raise TreeError(str(error), subject="/".join(parts)) from error
        name = parts[-1] if parts else ""
        mark = f"{status.st_ino}:{status.st_size}:{status.st_mtime_ns}"
        if stat.S_ISDIR(status.st_mode):
            return Entry(name, "dir", mark)
        if stat.S_ISLNK(status.st_mode):
            return Entry(name, "link", mark)
        if stat.S_ISREG(status.st_mode):
            return Entry(name, "file", mark)
        return None

    def _content(self, parts: tuple[str, ...]) -> bytes:
        path = Path(self._path(parts))
        try:
            if path.is_symlink():
                return os.fsencode(path.readlink())
            check_file_size(path.stat().st_size, "/".join(parts))
            return path.read_bytes()
        except OSError as error:
            raise TreeError(error.strerror or str(error), subject="/".join(parts)) from error

    def _children(self, parts: tuple[str, ...]) -> list[Entry]:
        names = [path.name for path in Path(self._path(parts)).iterdir()]
        found = (self._lookup((*parts, name)) for name in names)
        return [entry for entry in found if entry is not None]

    def _path(self, parts: tuple[str, ...]) -> str:
        """Text, since it is asked for at each look-up and a Path takes longer than the disk."""
        return "/".join((self._prefix, *parts)) or "/"
