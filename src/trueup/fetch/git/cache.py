"""The cache of everything fetched from Git: one bare repository per URL, shared by all who ask.

Sharing never shows one caller what another may read: each ``resolve`` asks the remote with the
caller's own credentials, and only what that answers is looked up.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from trueup.errors import TrueupError
from trueup.fetch.git.checkout import Checkout, signed_commit, tag_of
from trueup.fetch.git.errors import GitError
from trueup.fetch.git.reference import Listing, Reference, Revision, candidates
from trueup.fetch.git.remote import Remote
from trueup.fetch.git.remote_url import RemoteUrl
from trueup.fetch.git.store import Store, run_checked
from trueup.fetch.git.submodules import MAX_DEPTH, parse_gitmodules, remote_of
from trueup.fetch.git.tree import GitTree

DEFAULT_MAX_BYTES = 1 << 30
"""What one fetch may bring, compressed."""


class GitCache:
    """Caches below ``root``, which may be lost at any time. ``max_bytes`` bounds one fetch.

    All methods raise GitError (with the remote's URL as its subject) for what the remote does or
    does not do, and InputError for what could never work.
    """

    def __init__(self, root: Path, *, max_bytes: int = DEFAULT_MAX_BYTES) -> None:
        self._root = root
        self.max_bytes = max_bytes
        self._stores: dict[str, Store] = {}

    async def resolve(self, remote: Remote, reference: Reference) -> Revision:
        """What ``reference`` means on the remote now: a listing, no objects.

        Exception: where several tags are the same version, the commits decide and are fetched.
        """
        reference.check()
        listing = await self._list(remote, reference)
        try:
            found = candidates(reference, listing)
        except GitError as error:
            error.subject = remote.url.text
            raise
        return found[0] if len(found) == 1 else await self._newest(remote, found)

    async def fetch(
        self, remote: Remote, reference: Reference, *, submodules: bool = False
    ) -> Checkout:
        """The commit that ``reference`` means now, with all its files; cheap if it is cached."""
        revision = await self.resolve(remote, reference)
        revision = await self._bring(remote, revision)
        trees = await self._submodules(remote, revision.commit, MAX_DEPTH) if submodules else {}
        return self._checkout(self.store_of(remote), revision, trees)

    def open(self, url: str, revision: Revision) -> Checkout | None:
        """A revision that was fetched before, without the network; None if it is not there.

        Whoever calls this vouches that the revision was theirs. Submodules are empty in it.
        """
        store = self._store(RemoteUrl.parse(url))
        if store.kept_object(revision.commit) is None:
            return None
        return self._checkout(store, revision, {})

    async def sweep(self, urls: Collection[str]) -> None:
        """Removes the caches of all URLs but these."""
        used = {_folder_name(RemoteUrl.parse(url)) for url in urls}
        for folder in self._root.glob("*.git"):
            if folder.name not in used:
                store = self._stores.pop(folder.name, None) or Store(folder)
                async with store.locked():
                    shutil.rmtree(folder, ignore_errors=True)

    def store_of(self, remote: Remote) -> Store:
        """The repository on disk that holds what was fetched from ``remote``."""
        return self._store(remote.url)

    async def _list(self, remote: Remote, reference: Reference) -> Listing:
        arguments = ["ls-remote", "--quiet", *reference.listing_flags, "--", remote.url.text]
        lines = (await run_checked(remote, arguments)).splitlines()
        pairs = (line.split("\t", 1) for line in lines if "\t" in line)
        return {name: object_id for object_id, name in pairs}

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

    async def _submodules(self, remote: Remote, commit: str, depth: int) -> dict[str, GitTree]:
        """The trees of all submodules below ``commit``, by path."""
        store = self.store_of(remote)
        root = _tree_id(store, commit)
        tree = store.tree(root)
        if depth == 0 or not tree.is_file(".gitmodules"):
            return {}
        trees = {}
        text = tree.read(".gitmodules").decode("utf-8", "replace")
        for submodule in parse_gitmodules(text):
            recorded = tree.submodule_commit(submodule.path)
            if recorded is None:
                continue
            try:
                there = remote_of(submodule, remote)
                trees[submodule.path] = await self._submodule_tree(there, recorded, depth - 1)
            except TrueupError as error:
                error.cause = f"submodule '{submodule.path}': {error.cause}"
                raise
        return trees

    async def _submodule_tree(self, remote: Remote, commit: str, depth: int) -> GitTree:
        await self._list(remote, Reference())  # asks whether these credentials may read it
        await self._bring(remote, Revision(commit, object_id=commit, source=commit))
        store = self.store_of(remote)
        tree = store.tree(_tree_id(store, commit), await self._submodules(remote, commit, depth))
        store.hold(commit, tree)
        return tree

    def _checkout(self, store: Store, revision: Revision, trees: dict[str, GitTree]) -> Checkout:
        tree = store.tree(_tree_id(store, revision.commit), trees)
        store.hold(revision.commit, tree)
        repository = store.objects.repository
        return Checkout(
            revision, tree, signed_commit(repository, revision.commit), tag_of(repository, revision)
        )

    def _store(self, url: RemoteUrl) -> Store:
        name = _folder_name(url)
        if name not in self._stores:
            self._stores[name] = Store(self._root / name)
        return self._stores[name]


def _folder_name(url: RemoteUrl) -> str:
    return sha256(url.text.encode("utf-8", "surrogateescape")).hexdigest()[:32] + ".git"


def _tree_id(store: Store, commit: str) -> str:
    return str(store.objects.read(commit).tree_id)
