"""A folder on disk, with as much around it as what lies in it may refer to."""

from __future__ import annotations

from pathlib import Path

from trueup.errors import InputError
from trueup.tree import FolderTree


def tree_around(folder: Path) -> tuple[FolderTree, str]:
    """The work tree that ``folder`` lies in, and where in it; outside of Git, its parent's.

    Raises InputError if it is no folder.
    """
    found = folder.resolve()
    if not found.is_dir():
        raise InputError("no such directory", subject=str(folder), next_step="correct the path")
    root = next((p for p in (found, *found.parents) if (p / ".git").exists()), found.parent)
    return FolderTree(root), found.relative_to(root).as_posix()
