"""From what a GitRepository asks for to an Artifact: credentials, fetch, verification, ignore."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from trueup.controllers.sources.obstacles import telling
from trueup.controllers.sources.remotes import Secrets, check_source, remote_of
from trueup.controllers.sources.signatures import check_signatures
from trueup.dialects.flux.gitrepository import GitSource
from trueup.dialects.flux.names import Condition, Reason
from trueup.errors import InputError
from trueup.fetch.git import Checkout, GitCache, Reference, Remote, Revision
from trueup.fetch.ignore import Memo, filter_source
from trueup.flow import Artifact, digest_of
from trueup.tree import FilteredTree, Tree, clean_path
from trueup.tree.mount import MountedTree

log = logging.getLogger(__name__)

LISTING_AGE = 5.0
"""Seconds that what the remote says is good for between two steps, and for routine looks: sources
that share a URL share it."""

_SWEEP_SECONDS = 3600.0


@dataclass(frozen=True, slots=True)
class Fetched:
    """An artifact, the subject of its commit, and what was verified ("" if nothing had to be)."""

    artifact: Artifact
    subject: str
    verified: str = ""


class Checkouts:
    """Makes artifacts of Git sources; whatever is in the way is raised as an Obstacle."""

    def __init__(self, cache: GitCache, *, allow_local: bool = False) -> None:
        self._cache = cache
        self._allow_local = allow_local
        self._ignored: Memo = {}

    async def resolve(self, source: GitSource, secrets: Secrets, *, max_age: float) -> Revision:
        """What the source's reference means on the remote, or meant up to ``max_age`` seconds ago."""
        remote = self._remote(source, secrets)
        reference = Reference.from_spec(source.reference)
        with telling("failed to checkout and determine revision"):
            return await self._cache.resolve(remote, reference, max_age=max_age)

    async def fetch(
        self, source: GitSource, secrets: Secrets, included: Sequence[Artifact]
    ) -> Fetched:
        """The source's artifact now, with the ``included`` ones in their places, in order."""
        remote = self._remote(source, secrets)
        reference = Reference.from_spec(source.reference)
        with telling("failed to checkout and determine revision"):
            checkout = await self._cache.fetch(
                remote, reference, submodules=source.submodules, max_age=LISTING_AGE
            )
        verified = ""
        if source.verify is not None:
            verified = check_signatures(source.verify, checkout, secrets.get(source.verify.secret))
        artifact = await asyncio.to_thread(self._artifact, source, checkout, included)
        return Fetched(artifact, _subject(checkout), verified)

    async def fetch_revision(
        self, source: GitSource, secrets: Secrets, revision: str, included: Sequence[Artifact]
    ) -> Artifact:
        """The artifact at a revision that somebody else has resolved, and verified if need be."""
        remote = self._remote(source, secrets)
        with telling(f"failed to checkout revision {revision}"):
            checkout = await self._cache.fetch_revision(
                remote, Revision.parse(revision), submodules=source.submodules
            )
        return await asyncio.to_thread(self._artifact, source, checkout, included)

    async def reopen(
        self, source: GitSource, revision: str, included: Sequence[Artifact]
    ) -> Artifact | None:
        """The artifact that the source had before a restart, without the network."""
        check_source(source, allow_local=self._allow_local)
        checkout = await self._cache.open(
            source.url, Revision.parse(revision), submodules=source.submodules
        )
        if checkout is None:
            return None
        return await asyncio.to_thread(self._artifact, source, checkout, included)

    async def keep_tidy(self) -> None:
        """For ever: removes from time to time what was fetched and is not used any more."""
        while True:
            try:
                await self._cache.sweep()
            except OSError as error:
                log.warning("what is not used any more cannot be removed now: %s", error)
            await asyncio.sleep(_SWEEP_SECONDS)

    def _artifact(
        self, source: GitSource, checkout: Checkout, included: Sequence[Artifact]
    ) -> Artifact:
        """Looks through the whole tree for ignore files, so not on the event loop."""
        tree: Tree = checkout.tree
        with telling("failed to sparse checkout directories "):
            tree = _only(tree, source.directories) if source.directories else tree
        tree = filter_source(_with_includes(source, tree, included), source.ignore, self._ignored)
        made_of = [tree.digest(""), source.ignore, source.directories]
        digest = sha256(digest_of(made_of).encode()).hexdigest()
        return Artifact(source.ref, checkout.revision.text, f"sha256:{digest}", tree)

    def _remote(self, source: GitSource, secrets: Secrets) -> Remote:
        return remote_of(source, secrets, allow_local=self._allow_local)


def _only(tree: Tree, directories: Sequence[str]) -> Tree:
    """``tree`` with these directories alone (``sparseCheckout``)."""
    for directory in directories:
        if tree.kind(directory) is None:
            raise InputError(f"sparse checkout dir '{directory}' does not exist in repository")
    kept = [clean_path(directory) for directory in directories]

    def hides(parts: Sequence[str], is_dir: bool) -> bool:
        return not any(
            tuple(parts[: len(path)]) == path or (is_dir and path[: len(parts)] == tuple(parts))
            for path in kept
        )

    return FilteredTree(tree, hides, search_hidden=False, mark=digest_of(kept))


def _with_includes(source: GitSource, tree: Tree, included: Sequence[Artifact]) -> Tree:
    for item, artifact in zip(source.include, included, strict=True):
        to_path = item.to_path or item.repository
        what = f"failed to copy '{item.repository}' include from {item.from_path} to {to_path}"
        storage = Condition.STORAGE_OPERATION_FAILED
        with telling(what, Reason.COPY_FAILURE, condition=storage):
            tree = MountedTree(tree, {to_path: (artifact.tree, item.from_path)})
    return tree


def _subject(checkout: Checkout) -> str:
    """The first line of the commit's message, at most 50 characters of it."""
    message = checkout.commit.payload.partition(b"\n\n")[2].decode("utf-8", "replace")
    subject = message.partition("\n")[0]
    return subject if len(subject) <= 50 else f"{subject[:50]}..."
