"""What the person wants rendered: a folder or a file of a tree."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from trueup.errors import InputError
from trueup.render.helm.chart import CHART_FILE
from trueup.tree import FolderTree, MemoryTree, Tree
from trueup.tree.archive import tree_from_archive

STDIN = "-"
MAX_STDIN = 100 * 1024 * 1024
_ROOT = Path("/")
_ARCHIVES = (".tgz", ".tar.gz", ".tar", ".zip")
_MARKS_OF_ARCHIVES = ((0, b"\x1f\x8b"), (0, b"PK\x03\x04"), (257, b"ustar"))


@dataclass(frozen=True, slots=True)
class Place:
    """The folder or file ``path`` of ``tree``; ``shown`` is what the person calls it.

    ``base`` is the folder of ``tree`` from which flags name others.
    """

    tree: Tree
    path: str
    shown: str
    base: str = ""
    is_packed: bool = False
    """Whether the tree came from an archive, so that flags name files elsewhere."""

    def named(self, path: str) -> str:
        """The path in the tree of what a flag names."""
        if path.startswith("/") and self.tree.is_whole_disk:
            return path.lstrip("/")
        return f"{self.base}/{path}" if self.base else path


def on_disk(argument: str) -> Place:
    """The tree is the whole disk: bases lie anywhere, and the renderer says what may be read.

    Raises InputError for what is not there.
    """
    try:
        path = Path(argument).resolve(strict=True)
    except (OSError, RuntimeError, ValueError) as error:
        step = "clone it, and name the folder" if "://" in argument else "name a directory"
        raise InputError("no such file or directory", subject=argument, next_step=step) from error
    if not (path.is_dir() or path.is_file()):
        raise InputError(
            "is neither a file nor a directory", subject=argument, next_step="name a directory"
        )
    return Place(FolderTree(_ROOT), _in_root(path), argument, _in_root(Path.cwd()))


def is_archive(argument: str) -> bool:
    return argument.endswith(_ARCHIVES) and Path(argument).is_file()


def in_archive(argument: str, folder: str) -> Place:
    """``folder`` of what is packed in the file ``argument``."""
    try:
        with Path(argument).open("rb") as file:
            return _unpacked(file, folder, argument)
    except OSError as error:
        raise InputError(error.strerror or str(error), subject=argument) from error


def on_stdin(folder: str) -> Place:
    """``folder`` of the archive that comes on stdin, or else the one file that comes there."""
    content = sys.stdin.buffer.read(MAX_STDIN + 1)
    if len(content) > MAX_STDIN:
        raise InputError(
            f"more than {MAX_STDIN} bytes", subject="stdin", next_step="give a directory"
        )
    if any(content.startswith(mark, at) for at, mark in _MARKS_OF_ARCHIVES):
        return _unpacked(content, folder, "stdin")
    if folder:
        raise InputError("is no archive, and --path needs one", subject="stdin")
    return Place(MemoryTree({"stdin": content}), "stdin", "stdin")


def readable(text: str) -> str:
    """``text`` with paths relative to where the person is."""
    here = str(Path.cwd()).lstrip("/")
    return text.replace(f"/{here}/", "").replace(f"{here}/", "") if here else text


def from_root(subject: str) -> str:
    """``subject`` of an error on the whole disk, with its ``/`` if it is a path."""
    top, slash, _ = subject.partition("/")
    return f"/{subject}" if top and slash and (_ROOT / top).is_dir() else subject


def _unpacked(archive: bytes | BinaryIO, folder: str, shown: str) -> Place:
    tree = tree_from_archive(archive, source=shown)
    folder = folder or _packed_chart(tree)
    if tree.kind(folder) is None:
        raise InputError("no such file or directory in the archive", subject=f"{shown}: {folder}")
    return Place(tree, folder, shown, is_packed=True)


def _packed_chart(tree: Tree) -> str:
    """The folder of a chart that is all that is packed: so ``helm package`` packs them."""
    names = [entry.name for entry in tree.entries("")]
    return names[0] if len(names) == 1 and tree.is_file(f"{names[0]}/{CHART_FILE}") else ""


def _in_root(path: Path) -> str:
    found = str(path.relative_to(_ROOT))
    return "" if found == "." else found
