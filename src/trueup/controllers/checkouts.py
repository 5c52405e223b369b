"""From what a GitRepository asks for to an Artifact: credentials, fetch, verification, ignore."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from trueup.cluster import Client
from trueup.controllers.artifacts import Artifacts
from trueup.controllers.secrets import secret_data
from trueup.dialects.flux.gitrepository import GitSource, Verify
from trueup.errors import FetchError, InputError
from trueup.fetch.git import Checkout, Credentials, GitCache, Proxy, Reference, Remote, Revision
from trueup.fetch.ignore import filter_source
from trueup.fetch.signature import verify_signed
from trueup.flow import Artifact, digest_of
from trueup.objects import ObjectRef
from trueup.tree import FilteredTree, Tree, clean_path
from trueup.tree.mount import MountedTree


class Checkouts:
    """Makes artifacts of Git sources. Secrets are read in the source's own namespace."""

    def __init__(self, client: Client, cache: GitCache, artifacts: Artifacts) -> None:
        self._client = client
        self._cache = cache
        self._artifacts = artifacts

    async def resolve(self, source: GitSource) -> Revision:
        """What the source's reference means on the remote now."""
        remote = await self._remote(source)
        return await self._cache.resolve(remote, Reference.from_spec(source.reference))

    async def fetch(self, source: GitSource) -> tuple[Artifact, str]:
        """The source's artifact now, and what was verified of it ("" if nothing had to be).

        Raises FetchError, InputError or VerificationError.
        """
        remote = await self._remote(source)
        checkout = await self._cache.fetch(
            remote, Reference.from_spec(source.reference), submodules=source.submodules
        )
        verified = await self._verify(source, checkout) if source.verify else ""
        return self._artifact(source, checkout), verified

    def reopen(self, source: GitSource, revision: str) -> Artifact | None:
        """The artifact that the source had before a restart, without the network."""
        if source.submodules or source.include:
            return None
        checkout = self._cache.open(source.url, Revision.parse(revision))
        return self._artifact(source, checkout) if checkout else None

    async def _remote(self, source: GitSource) -> Remote:
        namespace = source.ref.namespace
        credentials = proxy = None
        if source.secret:
            data = await secret_data(self._client, namespace, source.secret)
            credentials = Credentials.from_secret(source.url, data)
        if source.proxy_secret:
            proxy = Proxy.from_secret(
                await secret_data(self._client, namespace, source.proxy_secret)
            )
        return Remote.at(source.url, credentials, proxy=proxy, timeout=source.timeout)

    def _artifact(self, source: GitSource, checkout: Checkout) -> Artifact:
        tree: Tree = checkout.tree
        if source.directories:
            tree = _only(tree, source.directories)
        tree = filter_source(tree, source.ignore)
        tree, included = self._with_includes(source, tree)
        made_of = [tree.digest(""), source.ignore, source.directories, included]
        digest = sha256(digest_of(made_of).encode()).hexdigest()
        return Artifact(source.ref, checkout.revision.text, f"sha256:{digest}", tree)

    def _with_includes(self, source: GitSource, tree: Tree) -> tuple[Tree, Sequence[str]]:
        mounts: dict[str, tuple[Tree, str]] = {}
        digests = []
        for item in source.include:
            ref = ObjectRef(
                source.ref.group, source.ref.kind, source.ref.namespace, item.repository
            )
            artifact = self._artifacts.get(ref)
            if artifact is None:
                raise FetchError(f"included {ref} has no artifact yet", subject=str(source.ref))
            mounts[item.to_path] = (artifact.tree, item.from_path)
            digests.append(artifact.digest)
        return (MountedTree(tree, mounts) if mounts else tree), digests

    async def _verify(self, source: GitSource, checkout: Checkout) -> str:
        assert source.verify is not None
        keys = await self._keys(source, source.verify)
        done = []
        if source.verify.commit:
            signed = checkout.commit
            by = verify_signed(signed.payload, signed.signature, **keys)
            done.append(f"commit '{signed.id}' with key '{by.key}'")
        if source.verify.tag:
            if checkout.tag is None or checkout.tag.signed is None:
                raise InputError(
                    "cannot verify tag object's signature if a tag reference is not specified",
                    next_step="set spec.ref.tag to an annotated tag, or verify HEAD",
                )
            signed = checkout.tag.signed
            by = verify_signed(signed.payload, signed.signature, **keys)
            done.append(f"tag '{checkout.tag}' with key '{by.key}'")
        return "verified signature of\n" + "\n".join(f"\t- {line}" for line in done)

    async def _keys(self, source: GitSource, verify: Verify) -> dict[str, Sequence[str]]:
        data = await secret_data(self._client, source.ref.namespace, verify.secret)
        texts = {name: value.decode("utf-8", "replace") for name, value in data.items()}
        ssh = [text for name, text in texts.items() if name.endswith(".sshpub")]
        rings = [text for name, text in texts.items() if not name.endswith(".sshpub")]
        return {"key_rings": rings, "authorized_keys": ssh}


def _only(tree: Tree, directories: Sequence[str]) -> Tree:
    """``tree`` with these directories alone (``sparseCheckout``)."""
    kept = [clean_path(directory) for directory in directories]

    def hides(parts: Sequence[str], is_dir: bool) -> bool:
        return not any(
            tuple(parts[: len(path)]) == path or (is_dir and path[: len(parts)] == tuple(parts))
            for path in kept
        )

    return FilteredTree(tree, hides, search_hidden=False, mark=digest_of(kept))
