"""The cache of everything fetched from Git: one bare repository per URL, shared by all who ask.

Sharing never shows one caller what another may read: each ``resolve`` asks the remote with the
caller's own credentials, and only what that answers is looked up.
"""

from __future__ import annotations

import shutil
import time
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from trueup.fetch.git.checkout import Checkout, signed_commit, tag_of
from trueup.fetch.git.errors import GitError
from trueup.fetch.git.listings import Listings
from trueup.fetch.git.reference import Reference, Revision, candidates
from trueup.fetch.git.remote import Remote
from trueup.fetch.git.remote_url import RemoteUrl
from trueup.fetch.git.store import Store
from trueup.fetch.git.submodules import Bring, submodule_trees
from trueup.fetch.git.tree import GitTree

DEFAULT_MAX_BYTES = 1 << 30
"""What one fetch may bring, compressed."""

UNUSED_SECONDS = 7 * 86400.0
"""After so long without use a cache is removed by ``sweep``."""


class GitCache:
    """Caches below ``root``, which may be lost at any time. ``max_bytes`` bounds one fetch.

    All methods raise GitError (with the remote's URL as its subject) for what the remote does or
    does not do, and InputError for what could never work.
    """

    def __init__(self, root: Path, *, max_bytes: int = DEFAULT_MAX_BYTES) -> None:
        self.root = root.absolute()  # Git is run elsewhere
        self.max_bytes = max_bytes
        self._stores: dict[str, Store] = {}
        self._listings = Listings()

    async def resolve(
        self, remote: Remote, reference: Reference, *, max_age: float = 0
    ) -> Revision:
        """What ``reference`` means on the remote now, or meant up to ``max_age`` seconds ago:
        a listing, no objects.

        Exception: where several tags are the same version, the commits decide and are fetched.
        """
        reference.check()
        listing = await self._listings.ask(remote, reference.listing_flags, max_age=max_age)
        try:
            found = candidates(reference, listing)
        except GitError as error:
            error.subject = remote.url.text
            raise
        return found[0] if len(found) == 1 else await self._newest(remote, found)

    async def fetch(
        self,
        remote: Remote,
        reference: Reference,
        *,
        submodules: bool = False,
        max_age: float = 0,
    ) -> Checkout:
        """The commit that ``reference`` means now, with all its files; cheap if it is cached."""
        revision = await self.resolve(remote, reference, max_age=max_age)
        revision = await self._bring(remote, revision)
        trees = await self._submodules(remote, revision, self._bring_commit) if submodules else {}
        return self._checkout(self.store_of(remote), revision, trees)

    async def fetch_revision(
        self, remote: Remote, revision: Revision, *, submodules: bool = False
    ) -> Checkout:
        """A revision that is known already, whatever its reference means by now."""
        store = await self._bring_commit(remote, revision.commit)
        trees = await self._submodules(remote, revision, self._bring_commit) if submodules else {}
        return self._checkout(store, revision, trees)

    async def open(
        self, url: str, revision: Revision, *, submodules: bool = False
    ) -> Checkout | None:
        """A revision that was fetched before, without the network; None if it is not there.

        Whoever calls this vouches that the revision was theirs.
        """
        remote = Remote.at(url)
        store = self.store_of(remote)
        if store.kept_object(revision.commit) is None:
            return None
        trees = await self._submodules(remote, revision, self._have_commit) if submodules else {}
        return self._checkout(store, revision, trees)

    async def sweep(self, *, unused_seconds: float = UNUSED_SECONDS) -> None:
        """Removes the caches that nobody has used for so long, and whose trees nobody holds."""
        for folder in self.root.glob("*.git"):
            store = self._stores.get(folder.name) or Store(folder)
            if store.is_held:
                store.touch()
            elif store.used_at < time.time() - unused_seconds:
                self._stores.pop(folder.name, None)
                async with store.locked():
                    shutil.rmtree(folder, ignore_errors=True)

    def store_of(self, remote: Remote) -> Store:
        """The repository on disk that holds what was fetched from ``remote``."""
        return self._store(remote.url)

    async def _newest(self, remote: Remote, found: list[Revision]) -> Revision:
        """Of tags that are the same version, the one whose commit is the newest (as in Flux)."""
        brought = [await self._bring(remote, revision) for revision in found]
        objects = self.store_of(remote).objects

        return max(brought, key=lambda each: int(objects.read(each.commit).commit_time))

    async def _bring(self, remote: Remote, revision: Revision) -> Revision:
        """Makes sure that a revision is in the store; gives what the remote sent, which may be
        newer than what it listed.
        """
        store = self.store_of(remote)
        async with store.locked():
            if store.kept_object(revision.commit, revision.object_id) is not None:
                return revision
            commit, object_id = await store.fetch(remote, revision.source, self.max_bytes)
            await store.compact_if_due()
        return replace(revision, commit=commit, object_id=object_id)

    async def _bring_commit(self, remote: Remote, commit: str) -> Store:
        await self._listings.ask(remote, ["--heads"])  # may these credentials read it?
        await self._bring(remote, Revision(commit, object_id=commit, source=commit))
        return self.store_of(remote)

    async def _have_commit(self, remote: Remote, commit: str) -> Store:
        store = self.store_of(remote)
        if store.kept_object(commit) is None:
            raise GitError(f"commit {commit} is not in the cache", subject=remote.url.text)
        return store

    async def _submodules(
        self, remote: Remote, revision: Revision, bring: Bring
    ) -> dict[str, GitTree]:
        return await submodule_trees(bring, remote, self.store_of(remote), revision.commit)

    def _checkout(self, store: Store, revision: Revision, trees: dict[str, GitTree]) -> Checkout:
        tree = store.tree(store.tree_id(revision.commit), trees)
        store.hold(revision.commit, tree)
        repository = store.objects.repository
        return Checkout(
            revision, tree, signed_commit(repository, revision.commit), tag_of(repository, revision)
        )

    def _store(self, url: RemoteUrl) -> Store:
        name = _folder_name(url)
        if name not in self._stores:
            self._stores[name] = Store(self.root / name)
        return self._stores[name]


def _folder_name(url: RemoteUrl) -> str:
    return sha256(url.text.encode("utf-8", "surrogateescape")).hexdigest()[:32] + ".git"
