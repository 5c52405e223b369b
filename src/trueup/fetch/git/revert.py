"""Taking a stretch of history back on a branch, as a new commit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from trueup.fetch.git.cache import GitCache
from trueup.fetch.git.errors import GitError
from trueup.fetch.git.pushing import Author, commit_tree, push
from trueup.fetch.git.remote import Remote
from trueup.fetch.git.reversal import MAX_COMMITS, Reversal, Stretch, reversal
from trueup.fetch.git.store import Store


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

    async def make() -> tuple[str, Reversal]:
        plan = await _plan(cache, store, remote, stretch)
        return commit_tree(store, plan.tree, [plan.tip], author, message(plan)), plan

    async with store.locked():
        return Reverted(*await push(store, remote, stretch.branch, make))


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
