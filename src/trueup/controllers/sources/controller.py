"""Git sources: each GitRepository becomes an Artifact, again whenever its reference moves.

The last good artifact stays whatever happens to the remote; the conditions say what is wrong.
"""

from __future__ import annotations

import logging
import random
from dataclasses import dataclass

from trueup.cluster import Backoff, Informer, WorkQueue
from trueup.controllers.artifacts import Artifacts
from trueup.controllers.home import Home
from trueup.controllers.replicas.shard import ALL, Shard
from trueup.controllers.sources.checkouts import LISTING_AGE, Checkouts, Fetched
from trueup.controllers.sources.inputs import SourceInputs, included_by
from trueup.controllers.sources.mirrors import Mirrors, recorded_artifact
from trueup.controllers.sources.obstacles import as_obstacle
from trueup.controllers.triggers import annotation, worth_a_look
from trueup.dialects.flux import gitstatus
from trueup.dialects.flux.gitrepository import GitSource, git_source
from trueup.dialects.flux.gitstatus import Look, Obstacle
from trueup.dialects.flux.names import (
    DIGEST_KEY,
    FINALIZER,
    GIT_REPOSITORY,
    REQUESTED_AT_ANNOTATION,
    REVISION_KEY,
    SOURCE_GROUP,
    SOURCE_MANAGER,
    Reason,
)
from trueup.errors import ApiError, InputError, TrueupError, of_defect, place_of
from trueup.flow import Artifact
from trueup.objects import Manifest, ObjectRef
from trueup.report.times import timestamp

log = logging.getLogger(__name__)

_RETRY_FIRST, _RETRY_MOST = 1.0, 300.0


@dataclass(frozen=True, slots=True)
class _Made:
    """What the current artifact was made of, besides the commit."""

    source: GitSource
    included: tuple[str, ...]
    """Digests."""


class Sources:
    """The controller of GitRepository resources."""

    def __init__(
        self, home: Home, checkouts: Checkouts, artifacts: Artifacts, shard: Shard = ALL
    ) -> None:
        self._home = home
        self._shard = shard
        self._checkouts = checkouts
        self._artifacts = artifacts
        self._queue: WorkQueue[ObjectRef] = WorkQueue()
        self._backoff: Backoff[ObjectRef] = Backoff(first=_RETRY_FIRST, most=_RETRY_MOST)
        self._made: dict[ObjectRef, _Made] = {}
        self._asked_at: dict[ObjectRef, float] = {}
        self.resources: Informer[Manifest] = Informer(
            home.client, GIT_REPOSITORY, lambda obj: obj, on_change=self._changed
        )
        self._inputs = SourceInputs(
            home.client,
            artifacts,
            exists=lambda ref: self.resources.get(ref) is not None,
            on_change=self._queue.add,
        )
        self._mirrors = Mirrors(checkouts, artifacts, self._inputs)
        artifacts.on_change(self._artifact_changed)
        artifacts.on_use(self._queue.add)

    async def run(self, *, workers: int = 4) -> None:
        await self.resources.wait_synced()
        try:
            await self._queue.run(self._reconcile, workers=workers)
        finally:
            await self._inputs.close()

    def _changed(self, ref: ObjectRef, before: Manifest | None, now: Manifest | None) -> None:
        is_new = recorded_artifact(before) != recorded_artifact(now)
        if not worth_a_look(before, now) and (self._shard.owns(ref) or not is_new):
            return
        if now is not None and (before is None or _asks(before) != _asks(now)):
            self._asked_at[ref] = self._home.clock.seconds()
        self._queue.add(ref)

    def _artifact_changed(self, changed: ObjectRef, _before: Artifact | None) -> None:
        """Looks again at the sources that include the changed one."""
        for ref, resource in self.resources:
            names = [item["repository"]["name"] for item in resource["spec"].get("include") or ()]
            if ref.namespace == changed.namespace and changed.name in names:
                self._queue.add(ref)

    async def _reconcile(self, ref: ObjectRef) -> float | None:
        resource = self.resources.get(ref)
        if not self._shard.owns(ref):
            return await self._mirror(ref, resource)
        if resource is None or resource["metadata"].get("deletionTimestamp"):
            await self._let_go(ref, resource)
            return None
        await self._hold(resource)
        try:
            source = git_source(resource)
        except InputError as error:
            return await self._fail(
                resource, Obstacle(str(error), Reason.URL_INVALID, stalled=True)
            )
        self._artifacts.use(ref, included_by(source))
        await self._reopen(resource, source)
        if source.suspended:
            status = gitstatus.suspended(self._status(resource), self._look(resource))
            await self._write(resource, status)
            return None
        return await self._look_at(resource, source)

    async def _mirror(self, ref: ObjectRef, resource: Manifest | None) -> float | None:
        """Nothing is said of a source in another shard, but its artifact may be needed here."""
        if resource is None or resource["metadata"].get("deletionTimestamp"):
            self._mirrors.let_go(ref)
            return None
        return await self._mirrors.look(resource)

    async def _look_at(self, resource: Manifest, source: GitSource) -> float | None:
        """Ask the remote, and make a new artifact if it moved."""
        before, look = self._status(resource), self._look(resource)
        asked = gitstatus.is_asked(before, look)
        try:
            if asked:
                await self._write(resource, gitstatus.progressing(before, look))
            await self._renew(resource, source, self._max_age(source, asked=asked))
        except ApiError:
            raise
        except TrueupError as error:
            return await self._fail(resource, as_obstacle(error), source.interval)
        except Exception as error:
            log.error("a look at %s failed\n%s", source.ref, place_of(error))
            obstacle = as_obstacle(of_defect(error, "fetching"))
            return await self._fail(resource, obstacle, source.interval)
        self._backoff.succeeded(source.ref)
        return source.interval * random.uniform(0.98, 1.02)  # noqa: S311 - spreads polls

    async def _renew(self, resource: Manifest, source: GitSource, max_age: float) -> None:
        secrets = await self._inputs.secrets(source)
        included = self._inputs.included(source)
        revision = await self._checkouts.resolve(source, secrets, max_age=max_age)
        artifact = self._artifacts.get(source.ref)
        made = _Made(source, tuple(each.digest for each in included))
        is_new = artifact is None or artifact.revision != revision.text
        if artifact is not None and not is_new and self._is_made_of(resource, made):
            await self._store(resource, source, Fetched(artifact, ""), included)
            return
        if is_new:
            look = self._look(resource)
            status = gitstatus.building(self._status(resource), look, revision.text)
            await self._write(resource, status)
        fetched = await self._checkouts.fetch(source, secrets, included)
        await self._store(resource, source, fetched, included)
        self._made[source.ref] = made
        self._artifacts.put(fetched.artifact)

    def _max_age(self, source: GitSource, *, asked: bool) -> float:
        """How old an answer of the remote may be: as old as the question, if there is one."""
        if not asked:
            return min(LISTING_AGE, source.interval / 2)
        now = self._home.clock.seconds()
        return now - self._asked_at.get(source.ref, now)

    def _is_made_of(self, resource: Manifest, made: _Made) -> bool:
        known = self._made.get(made.source.ref)
        return known == made and not gitstatus.needs_verification(
            made.source, self._status(resource)
        )

    async def _store(
        self,
        resource: Manifest,
        source: GitSource,
        fetched: Fetched,
        included: tuple[Artifact, ...],
    ) -> None:
        """The status comes first: whoever acts on the artifact may look it up."""
        before, artifact = self._status(resource), fetched.artifact
        status = gitstatus.stored(
            before,
            self._look(resource),
            source,
            artifact,
            included=[self._recorded(each) for each in included],
            verified=fetched.verified,
        )
        await self._write(resource, status)
        message = f"stored artifact for commit '{fetched.subject or artifact.revision}'"
        notes = {
            f"{SOURCE_GROUP}/{REVISION_KEY}": artifact.revision,
            f"{SOURCE_GROUP}/{DIGEST_KEY}": artifact.digest,
        }
        if (before.get("artifact") or {}).get("digest") != artifact.digest:
            self._say(resource, Reason.NEW_ARTIFACT, message, notes=notes)
        elif gitstatus.has_failed(before):
            self._say(resource, Reason.SUCCEEDED, message, notes=notes)

    async def _fail(
        self, resource: Manifest, obstacle: Obstacle, interval: float = 0
    ) -> float | None:
        before = self._status(resource)
        status = gitstatus.failed(before, self._look(resource), obstacle)
        await self._write(resource, status)
        if gitstatus.readiness(before) != gitstatus.readiness(status):
            self._say(resource, obstacle.reason, str(obstacle), warning=not obstacle.is_waiting)
        if obstacle.stalled:
            return None
        return min(self._backoff.failed(ObjectRef.of(resource)), interval)

    def _recorded(self, artifact: Artifact) -> Manifest:
        """``status.artifact`` of the source that an artifact is from."""
        resource = self.resources.get(artifact.source)
        recorded: Manifest = self._status(resource).get("artifact", {}) if resource else {}
        return recorded

    async def _reopen(self, resource: Manifest, source: GitSource) -> None:
        """After a restart: offer the artifact that the status names, from the cache.

        The recorded digest must come out again. It tells that the files are those of then, and
        that whoever wrote the status knows them.
        """
        recorded = self._status(resource).get("artifact") or {}
        if self._artifacts.get(source.ref) is not None or not recorded.get("revision"):
            return
        before = gitstatus.observed_source(source, self._status(resource))
        try:
            included = self._inputs.included(before)
            artifact = await self._checkouts.reopen(before, recorded["revision"], included)
        except TrueupError:
            return  # the cache lost it; it is fetched again
        if artifact is not None and artifact.digest == recorded["digest"]:
            self._made[source.ref] = _Made(before, tuple(each.digest for each in included))
            self._artifacts.put(artifact)

    async def _hold(self, resource: Manifest) -> None:
        """Sets the finalizer, so that a deletion is seen also by one who was away."""
        finalizers = resource["metadata"].get("finalizers") or []
        if FINALIZER not in finalizers:
            both = [*finalizers, FINALIZER]
            await self._home.write_finalizers(resource, both, manager=SOURCE_MANAGER)

    async def _let_go(self, ref: ObjectRef, resource: Manifest | None) -> None:
        self._artifacts.drop(ref)
        self._artifacts.disuse(ref)
        self._made.pop(ref, None)
        self._asked_at.pop(ref, None)
        self._inputs.forget(ref)
        self._home.forget(ref)
        finalizers = (resource or {}).get("metadata", {}).get("finalizers") or []
        if resource is not None and FINALIZER in finalizers:
            rest = [name for name in finalizers if name != FINALIZER]
            await self._home.write_finalizers(resource, rest, manager=SOURCE_MANAGER)

    def _status(self, resource: Manifest) -> Manifest:
        return self._home.status_of(resource)

    async def _write(self, resource: Manifest, status: Manifest) -> None:
        await self._home.write_status(resource, status, manager=SOURCE_MANAGER)

    def _look(self, resource: Manifest) -> Look:
        return Look(
            resource["metadata"].get("generation", 0),
            annotation(resource, REQUESTED_AT_ANNOTATION),
            timestamp(self._home.clock.now()),
        )

    def _say(
        self,
        resource: Manifest,
        reason: str,
        message: str,
        *,
        warning: bool = False,
        notes: dict[str, str] | None = None,
    ) -> None:
        self._home.say(
            resource,
            reason,
            message,
            component=SOURCE_MANAGER,
            warning=warning,
            annotations=notes,
        )


def _asks(resource: Manifest) -> tuple[object, str]:
    """What changes when somebody wants a look at the remote as it is from then on."""
    return resource["metadata"].get("generation"), annotation(resource, REQUESTED_AT_ANNOTATION)
