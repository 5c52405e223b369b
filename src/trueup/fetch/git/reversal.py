"""What has to be committed on a branch to take back a stretch of its history.

Pure work on objects that lie in a store, without a work tree: the three-way merge of ``git
revert``, done once for the whole stretch and only for the files that are concerned.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import pygit2

from trueup.fetch.git.errors import GitError
from trueup.fetch.git.store import Store
from trueup.fetch.git.tree import GitTree

MAX_COMMITS = 250
"""Commits that are looked at to name the ones that are taken back."""

Concerns = Callable[[str], bool]
"""Whether a path is among those to take back."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """What came on ``branch`` after the commit ``good``, up to the commit ``bad``.

    ``concerns`` gets the trees of both and tells which files are to be as they were.
    """

    branch: str
    good: str
    bad: str
    concerns: Callable[[GitTree, GitTree], Concerns]


@dataclass(frozen=True, slots=True)
class TakenBack:
    """One commit that is taken back; ``merged_into`` is the first parent of a merge, else ""."""

    id: str
    subject: str
    merged_into: str = ""


@dataclass(frozen=True, slots=True)
class Reversal:
    """A commit to make on ``tip`` with the files of ``tree``."""

    tip: str
    tree: str
    commits: tuple[TakenBack, ...]
    """Newest first; empty where ``good`` is not found among the ancestors of ``bad``."""
    files: tuple[str, ...]
    """What it changes."""
    is_partial: bool
    """Whether the commits also changed files that stay as they are."""


def reversal(store: Store, stretch: Stretch, tip: str) -> Reversal:
    """What takes ``stretch`` back on top of ``tip``. All commits must be in the store.

    Raises GitError (``conflict``) where later commits changed the same lines, or where there is
    nothing to take back.
    """
    repository = store.objects.repository
    good, bad, last = (store.tree_id(each) for each in (stretch.good, stretch.bad, tip))
    concerns = stretch.concerns(store.tree(good), store.tree(bad))
    wanted = _with_old_files(repository, good, bad, concerns)
    index = repository.merge_trees(bad, last, wanted)
    if index.conflicts is not None:
        raise _conflict(index.conflicts)
    tree = str(index.write_tree(repository))
    files = tuple(_changed(repository, last, tree))
    if not files:
        raise GitError(
            "there is nothing to take back: the branch's files would stay as they are",
            trouble="conflict",
        )
    commits, is_partial = _taken_back(repository, stretch, concerns)
    return Reversal(tip, tree, commits, files, is_partial)


def _with_old_files(
    repository: pygit2.Repository, good: str, bad: str, concerns: Concerns
) -> pygit2.Oid:
    """The tree ``bad`` with the files that are concerned as they are in ``good``."""
    index = pygit2.Index()
    index.read_tree(repository[bad].peel(pygit2.Tree))
    old = pygit2.Index()
    old.read_tree(repository[good].peel(pygit2.Tree))
    for path in filter(concerns, _changed(repository, bad, good)):
        if path in index:
            index.remove(path)
        if path in old:
            index.add(old[path])
    return index.write_tree(repository)


def _changed(repository: pygit2.Repository, before: str, after: str) -> list[str]:
    """The paths of the files that differ between two trees, sorted."""
    old, new = (repository[each].peel(pygit2.Tree) for each in (before, after))
    return sorted(delta.new_file.path for delta in old.diff_to_tree(new).deltas)


def _taken_back(
    repository: pygit2.Repository, stretch: Stretch, concerns: Concerns
) -> tuple[tuple[TakenBack, ...], bool]:
    """The commits of the stretch that touch what is concerned, and whether they touch more."""
    found: list[TakenBack] = []
    is_partial = False
    for commit in islice(_first_parents(repository, stretch.bad), MAX_COMMITS):
        if str(commit.id) == stretch.good:
            return tuple(found), is_partial
        paths = _paths_of(repository, commit)
        if any(map(concerns, paths)):
            found.append(_named(commit))
            is_partial = is_partial or not all(map(concerns, paths))
    return (), True


def _first_parents(repository: pygit2.Repository, start: str) -> Iterator[pygit2.Commit]:
    """The mainline backwards, as far as it was fetched."""
    commit: Any = repository[start]
    while commit is not None:
        yield commit
        commit = _first_parent(repository, commit)


def _first_parent(repository: pygit2.Repository, commit: pygit2.Commit) -> Any:
    """None for a root, and where the history was not fetched any further."""
    first = next(iter(commit.parent_ids), None)
    return repository.get(first) if first is not None else None


def _paths_of(repository: pygit2.Repository, commit: pygit2.Commit) -> list[str]:
    before = _first_parent(repository, commit)
    old = before.tree_id if before is not None else repository.TreeBuilder().write()
    return _changed(repository, str(old), str(commit.tree_id))


def _named(commit: pygit2.Commit) -> TakenBack:
    merged_into = str(commit.parent_ids[0]) if len(commit.parent_ids) > 1 else ""
    return TakenBack(str(commit.id), commit.message.partition("\n")[0], merged_into)


def _conflict(conflicts: Any) -> GitError:
    paths = sorted({each.path for sides in conflicts for each in sides if each})
    named = ", ".join(paths[:10]) + (f" and {len(paths) - 10} more" if len(paths) > 10 else "")
    return GitError(
        f"later commits changed the same lines of {named}",
        next_step="revert those commits first, or set the files right by hand",
        trouble="conflict",
    )
