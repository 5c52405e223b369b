"""The one writer: takes a stretch of history back on a branch, and pushes that as a new commit."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import pygit2

from trueup.fetch.git.cache import GitCache
from trueup.fetch.git.errors import GitError
from trueup.fetch.git.remote import Remote
from trueup.fetch.git.reversal import MAX_COMMITS, Reversal, Stretch, reversal
from trueup.fetch.git.store import Store

_ATTEMPTS = 3
"""A push that came second is done again on top of the first; in the end a person should look."""


@dataclass(frozen=True, slots=True)
class Author:
    """Whom a commit names as its author."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Reverted:
    """What was pushed: ``commit`` on the branch."""

    commit: str
    reversal: Reversal


async def plan_revert(cache: GitCache, remote: Remote, stretch: Stretch) -> Reversal:
    """What ``revert_and_push`` would commit now. Raises GitError."""
    store = cache.store_of(remote)
    async with store.locked():
        return await _plan(cache, store, remote, stretch)


async def revert_and_push(
    cache: GitCache,
    remote: Remote,
    stretch: Stretch,
    author: Author,
    message: Callable[[Reversal], str],
) -> Reverted:
    """Takes ``stretch`` back in one commit on top of its branch.

    Raises GitError: ``conflict`` where later commits changed the same lines, ``rejected`` where
    others keep pushing at the same time, ``declined`` where the server refuses the push.
    """
    store = cache.store_of(remote)
    async with store.locked():
        for attempt in range(1, _ATTEMPTS + 1):
            plan = await _plan(cache, store, remote, stretch)
            made = _commit(store, plan, author, message(plan))
            try:
                await store.push(remote, made, f"refs/heads/{stretch.branch}")
            except GitError as error:
                if error.trouble != "rejected" or attempt == _ATTEMPTS:
                    raise
            else:
                return Reverted(made, plan)
    raise AssertionError("the last attempt returns or raises")


async def _plan(cache: GitCache, store: Store, remote: Remote, stretch: Stretch) -> Reversal:
    limit = cache.max_bytes
    for commit in (stretch.good, stretch.bad):
        if store.kept_object(commit) is None:
            await store.fetch(remote, commit, limit)
    branch = f"refs/heads/{stretch.branch}"
    tip, _ = await store.fetch(remote, branch, limit, depth=MAX_COMMITS)
    store.objects.close()  # how far back the history goes is read when it is opened
    try:
        return reversal(store, stretch, tip)
    except GitError as error:
        error.subject = error.subject or remote.url.text
        raise


def _commit(store: Store, plan: Reversal, author: Author, message: str) -> str:
    who = pygit2.Signature(author.name, author.email, int(time.time()), 0)
    repository = store.objects.repository
    return str(repository.create_commit(None, who, who, message, plan.tree, [plan.tip]))
