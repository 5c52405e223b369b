"""Pushing a commit to a branch that others push to as well."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

import pygit2

from trueup.fetch.git.errors import GitError
from trueup.fetch.git.remote import Remote
from trueup.fetch.git.store import Store

_ATTEMPTS = 3
"""A push that came second is done again on top of the first; in the end a person should look."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Author:
    """Whom a commit names as its author."""

    name: str
    email: str


def commit_tree(store: Store, tree: str, parents: list[str], author: Author, message: str) -> str:
    """A new commit in the store; its id."""
    who = pygit2.Signature(author.name, author.email, int(time.time()), 0)
    repository = store.objects.repository
    return str(repository.create_commit(None, who, who, message, tree, parents))


async def push(
    store: Store, remote: Remote, branch: str, make: Callable[[], Awaitable[tuple[str, T]]]
) -> tuple[str, T]:
    """Push the commit that ``make`` gives, made anew where somebody was quicker.

    The caller holds the lock. An empty id means that there is nothing to push. Raises GitError:
    ``rejected`` where others keep pushing at the same time, ``declined`` where the server refuses.
    """
    for attempt in range(1, _ATTEMPTS + 1):
        made, result = await make()
        try:
            if made:
                await store.push(remote, made, f"refs/heads/{branch}")
        except GitError as error:
            if error.trouble != "rejected" or attempt == _ATTEMPTS:
                raise
        else:
            return made, result
    raise AssertionError("the last attempt returns or raises")
