"""What the person wants rendered: a folder of a tree."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from trueup.errors import InputError
from trueup.tree import FolderTree, Tree


@dataclass(frozen=True, slots=True)
class Place:
    """The folder ``path`` of ``tree``; ``shown`` is what the person calls it."""

    tree: Tree
    path: str
    shown: str


def on_disk(folder: str) -> Place:
    """The tree is the whole disk: bases lie anywhere, and the renderer says what may be read.

    Raises InputError for what is no folder.
    """
    root = Path("/")
    try:
        path = Path(folder).resolve(strict=True)
    except (OSError, RuntimeError) as error:
        raise InputError(
            "no such directory", subject=folder, next_step="name a directory"
        ) from error
    if not path.is_dir():
        raise InputError("is not a directory", subject=folder, next_step="name a directory")
    return Place(FolderTree(root), str(path.relative_to(root)), folder)


def readable(text: str) -> str:
    """``text`` with paths relative to where the person is."""
    here = str(Path.cwd()).lstrip("/")
    return text.replace(f"{here}/", "") if here else text
