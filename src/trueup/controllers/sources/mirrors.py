"""Artifacts of sources that another shard looks after, got just as their status names them.

Whoever owns a source asks its remote, verifies, and writes its status. Who only needs it fetches
that very revision, and the digest in the status tells whether it has the same files.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from trueup.cluster import Backoff
from trueup.controllers.artifacts import Artifacts
from trueup.controllers.sources.checkouts import Checkouts
from trueup.controllers.sources.inputs import SourceInputs, included_by
from trueup.dialects.flux.gitrepository import GitSource, git_source
from trueup.dialects.flux.gitstatus import observed_source
from trueup.errors import FetchError, TrueupError
from trueup.flow import Artifact
from trueup.objects import Manifest, ObjectRef

log = logging.getLogger(__name__)


class Mirrors:
    """Keeps the artifacts of sources as their statuses name them."""

    def __init__(self, checkouts: Checkouts, artifacts: Artifacts, inputs: SourceInputs) -> None:
        self._checkouts = checkouts
        self._artifacts = artifacts
        self._inputs = inputs
        self._backoff: Backoff[ObjectRef] = Backoff(first=1.0, most=300.0)

    async def look(self, resource: Manifest) -> float | None:
        """Get what the status names, if anybody here needs it; seconds until the next try."""
        ref, recorded = ObjectRef.of(resource), recorded_artifact(resource)
        if not self._artifacts.users(ref):
            self.let_go(ref)
            return None
        known = self._artifacts.get(ref)
        if not recorded or (known and (known.revision, known.digest) == recorded):
            return None
        try:
            source = observed_source(git_source(resource), resource["status"])
            if not self._has_included(source):
                return None  # it looks again when they come
            artifact = await self._get(source, *recorded)
        except TrueupError as error:
            wait = self._backoff.failed(ref)
            log.warning("%s cannot be fetched, again in %.0f s: %s", ref, wait, error)
            self._artifacts.fail(ref, str(error))
            return wait
        self._backoff.succeeded(ref)
        self._artifacts.put(artifact)
        return None

    def let_go(self, ref: ObjectRef) -> None:
        """The source is gone, or nobody here needs it any more."""
        self._artifacts.drop(ref)
        self._artifacts.disuse(ref)
        self._inputs.forget(ref)
        self._backoff.succeeded(ref)

    def _has_included(self, source: GitSource) -> bool:
        included = included_by(source)
        self._artifacts.use(source.ref, included)
        return all(self._artifacts.get(each) for each in included)

    async def _get(self, source: GitSource, revision: str, digest: str) -> Artifact:
        included = self._inputs.included(source)
        artifact = await self._checkouts.reopen(source, revision, included)
        if artifact is None:
            secrets = await self._inputs.secrets(source)
            artifact = await self._checkouts.fetch_revision(source, secrets, revision, included)
        if artifact.digest != digest:
            raise FetchError("what was fetched is not what the status names", subject=revision)
        return artifact


def recorded_artifact(resource: Mapping[str, Any] | None) -> tuple[str, str] | None:
    """Revision and digest of the artifact that the status names."""
    artifact = ((resource or {}).get("status") or {}).get("artifact") or {}
    revision, digest = artifact.get("revision"), artifact.get("digest")
    return (revision, digest) if revision and digest else None
