"""The one writer: takes a commit back on a branch, and pushes that as a new commit.

No work tree: the three-way merge of ``git revert`` is done on trees, in the cache.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import pygit2

from trueup.fetch.git.cache import GitCache
from trueup.fetch.git.errors import GitError
from trueup.fetch.git.remote import Remote
from trueup.fetch.git.store import Store

_ATTEMPTS = 2
"""A push that came second is done once more on top of the first; then a person should look."""


@dataclass(frozen=True, slots=True)
class Author:
    """Whom a commit names as its author."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class _Change:
    """What the new commit holds and says, given the branch's tip."""

    tree: Callable[[Store, pygit2.Commit], str]
    message: str


async def revert_and_push(
    cache: GitCache, remote: Remote, branch: str, commit: str, author: Author
) -> str:
    """Takes ``commit`` back as ``git revert`` does (a merge against its first parent).

    Gives the id of the new commit on ``branch``. Raises GitError: ``conflict`` where later
    commits changed the same lines, ``rejected`` where others pushed at the same time, ``declined``
    where the server refuses the push.
    """
    store = cache.store_of(remote)
    async with store.locked():
        await store.fetch(remote, commit, cache.max_bytes, depth=2)
        found = store.objects.read(commit)
        subject = found.message.partition("\n")[0]
        message = f'Revert "{subject}"\n\nThis reverts commit {commit}.\n'
        change = _Change(lambda store, tip: _reverted_tree(store, tip, found), message)
        return await _push_change(cache, remote, branch, change, author)


async def restore_and_push(
    cache: GitCache, remote: Remote, branch: str, commit: str, author: Author
) -> str:
    """Makes all files of ``branch`` what they were at ``commit``: takes back all that came since.

    Gives the id of the new commit. Raises GitError as ``revert_and_push`` does.
    """
    store = cache.store_of(remote)
    async with store.locked():
        await store.fetch(remote, commit, cache.max_bytes)
        tree = str(store.objects.read(commit).tree_id)
        message = f"Restore {commit[:12]}\n\nThis reverts all commits since {commit}.\n"
        return await _push_change(
            cache, remote, branch, _Change(lambda _store, _tip: tree, message), author
        )


async def _push_change(
    cache: GitCache, remote: Remote, branch: str, change: _Change, author: Author
) -> str:
    store = cache.store_of(remote)
    for attempt in range(1, _ATTEMPTS + 1):
        tip, _ = await store.fetch(remote, f"refs/heads/{branch}", cache.max_bytes)
        made = _commit(store, store.objects.read(tip), change, author, remote)
        try:
            await store.push(remote, made, f"refs/heads/{branch}")
        except GitError as error:
            if error.trouble != "rejected" or attempt == _ATTEMPTS:
                raise
        else:
            return made
    raise AssertionError("the last attempt returns or raises")


def _commit(
    store: Store, tip: pygit2.Commit, change: _Change, author: Author, remote: Remote
) -> str:
    try:
        tree = change.tree(store, tip)
    except GitError as error:
        error.subject = remote.url.text
        raise
    if tree == str(tip.tree_id):
        raise GitError(
            "there is nothing to take back: the branch's files would stay as they are",
            subject=remote.url.text,
            trouble="conflict",
        )
    who = pygit2.Signature(author.name, author.email, int(time.time()), 0)
    made = store.objects.repository.create_commit(None, who, who, change.message, tree, [tip.id])
    return str(made)


def _reverted_tree(store: Store, tip: pygit2.Commit, reverted: pygit2.Commit) -> str:
    repository = store.objects.repository
    before = reverted.parents[0].tree_id if reverted.parents else _empty_tree(repository)
    index = repository.merge_trees(reverted.tree_id, tip.tree_id, before)
    if index.conflicts is not None:
        paths = sorted({each.path for sides in index.conflicts for each in sides if each})
        raise GitError(
            f"cannot revert {reverted.id}: later commits changed the same lines of "
            + ", ".join(paths[:5]),
            next_step="revert the later commits first, or restore an older revision as a whole",
            trouble="conflict",
        )
    return str(index.write_tree(repository))


def _empty_tree(repository: pygit2.Repository) -> pygit2.Oid:
    return repository.TreeBuilder().write()
