"""Rendering again whenever something that was read changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import click

from trueup.errors import MissingExtra
from trueup.tree import FolderTree, Reads, RecordingTree, Tree, is_current

_ROOT = Path("/")
_SECOND = 1000
"""Milliseconds. What was read is looked at as often, too: not every file system tells of changes."""


def follow(render: Callable[[Callable[[Tree], Tree]], object]) -> None:
    """Calls ``render`` now and whenever a file, folder or absence that it met is another.

    ``render`` is given what to lay around the tree that it reads, and goes on after an error.
    Returns when the process is interrupted.
    """
    try:
        while True:
            seeing = _Seeing()
            render(seeing)
            _wait_changed(seeing.reads)
    except KeyboardInterrupt:
        return


class _Seeing:
    """Lays a record around each tree that is rendered."""

    def __init__(self) -> None:
        self._trees: list[RecordingTree] = []

    def __call__(self, tree: Tree) -> Tree:
        if not tree.is_whole_disk:
            raise click.UsageError("--watch needs a folder on disk")
        found = RecordingTree(tree)
        self._trees.append(found)
        return found

    @property
    def reads(self) -> Reads:
        return {key: seen for tree in self._trees for key, seen in tree.reads.items()}


def _wait_changed(reads: Reads) -> None:
    """Waits until ``reads`` are no longer what is there."""
    try:
        from watchfiles import watch
    except ImportError as error:
        raise MissingExtra(
            "watching files is not installed", next_step="install trueup[watch]"
        ) from error
    wakes = watch(
        *set(_folders(reads)),
        watch_filter=None,
        recursive=False,
        debounce=50,
        step=10,
        rust_timeout=_SECOND,
        yield_on_timeout=True,
    )
    while is_current(reads, FolderTree(_ROOT)):
        next(wakes)


def _folders(reads: Reads) -> Iterator[Path]:
    """The folders in which something that was read can change; passed through does not count."""
    for (how, path), seen in reads.items():
        if how == "kind" and seen == "dir":
            continue
        folder = _ROOT / path if how == "names" else (_ROOT / path).parent
        while not folder.is_dir():
            folder = folder.parent
        yield folder
