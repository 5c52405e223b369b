"""Writing files to a branch, as one commit on top of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pygit2

from trueup.fetch.git.cache import GitCache
from trueup.fetch.git.errors import GitError
from trueup.fetch.git.pushing import Author, commit_tree, push
from trueup.fetch.git.reference import Reference
from trueup.fetch.git.remote import Remote
from trueup.fetch.git.store import Store
from trueup.tree import MemoryTree, Tree

Change = Callable[[Tree], Mapping[str, str]]
"""From what the branch holds to the files that it is to hold besides, by path."""


@dataclass(frozen=True, slots=True)
class Published:
    """The branch's tip and its files; ``is_new``: whether this call has pushed it."""

    commit: str
    tree: Tree
    is_new: bool


async def publish(
    cache: GitCache, remote: Remote, branch: str, change: Change, author: Author, message: str
) -> Published:
    """Make ``change`` on the branch, and push that if it changes anything.

    The first commit of an empty repository is made too. Raises GitError: ``unknown-ref`` where
    only the branch is missing, and as ``push`` does.
    """
    store = cache.store_of(remote)

    async def make() -> tuple[str, str]:
        tip = await _tip(cache, store, remote, branch)
        before = store.tree_id(tip) if tip else ""
        files = change(store.tree(before) if tip else MemoryTree({}))
        after = _tree_with(store, before, files)
        if after == before:
            return "", tip
        made = commit_tree(store, after, [tip] if tip else [], author, message)
        return made, made

    async with store.locked():
        made, tip = await push(store, remote, branch, make)
        tree = store.tree(store.tree_id(tip))
        store.hold(tip, tree)
        return Published(tip, tree, bool(made))


async def _tip(cache: GitCache, store: Store, remote: Remote, branch: str) -> str:
    """The newest commit of the branch; empty where the repository is."""
    try:
        await cache.resolve(remote, Reference(branch=branch))
    except GitError as error:
        if error.trouble != "empty":
            raise
        store.prepare()
        return ""
    tip, _ = await store.fetch(remote, f"refs/heads/{branch}", cache.max_bytes)
    return tip


def _tree_with(store: Store, before: str, files: Mapping[str, str]) -> str:
    """The id of the tree ``before`` (none if empty) with ``files`` in it."""
    repository = store.objects.repository
    index = pygit2.Index()
    if before:
        index.read_tree(repository[before].peel(pygit2.Tree))
    for path, text in files.items():
        blob = repository.create_blob(text.encode())
        index.add(pygit2.IndexEntry(path, blob, pygit2.enums.FileMode.BLOB))
    return str(index.write_tree(repository))
