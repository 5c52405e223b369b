"""Git sources: each GitRepository becomes an Artifact, again whenever its reference moves.

The last good artifact stays whatever happens to the remote; the conditions say what is wrong.
"""

from __future__ import annotations

import random

from trueup.cluster import Backoff, Informer, WorkQueue
from trueup.controllers.artifacts import Artifacts
from trueup.controllers.checkouts import Checkouts
from trueup.controllers.home import Home
from trueup.controllers.triggers import annotation, worth_a_look
from trueup.dialects.flux import gitrepository as dialect
from trueup.dialects.flux.gitrepository import GitSource
from trueup.dialects.flux.names import (
    FINALIZER,
    GIT_REPOSITORY,
    REQUESTED_AT_ANNOTATION,
    SOURCE_MANAGER,
    Condition,
    Reason,
)
from trueup.errors import ApiError, InputError, TrueupError, VerificationError
from trueup.fetch.git import GitError
from trueup.flow import Artifact
from trueup.objects import Manifest, ObjectRef
from trueup.report.conditions import Condition as Cond
from trueup.report.conditions import updated
from trueup.report.times import timestamp

_TRANSIENT = (
    Condition.FETCH_FAILED,
    Condition.RECONCILING,
    Condition.STALLED,
    Condition.ARTIFACT_OUTDATED,
    Condition.STORAGE_OPERATION_FAILED,
    Condition.SOURCE_VERIFIED,
)
"""Conditions that say something of the last attempt only."""

_RETRY_FIRST, _RETRY_MOST = 1.0, 300.0


class Sources:
    """The controller of GitRepository resources."""

    def __init__(self, home: Home, checkouts: Checkouts, artifacts: Artifacts) -> None:
        self._home = home
        self._checkouts = checkouts
        self._artifacts = artifacts
        self._queue: WorkQueue[ObjectRef] = WorkQueue()
        self._backoff: Backoff[ObjectRef] = Backoff(first=_RETRY_FIRST, most=_RETRY_MOST)
        self._made_of: dict[ObjectRef, tuple[str, GitSource]] = {}
        self.resources: Informer[Manifest] = Informer(
            home.client, GIT_REPOSITORY, lambda obj: obj, on_change=self._changed
        )
        artifacts.on_change(self._included_changed)

    async def run(self, *, workers: int = 4) -> None:
        await self.resources.wait_synced()
        await self._queue.run(self._reconcile, workers=workers)

    def _changed(self, ref: ObjectRef, before: Manifest | None, now: Manifest | None) -> None:
        if worth_a_look(before, now):
            self._queue.add(ref)

    def _included_changed(self, source: ObjectRef) -> None:
        for ref, (_, spec) in self._made_of.items():
            if any(i.repository == source.name for i in spec.include) and ref != source:
                self._queue.add(ref)

    async def _reconcile(self, ref: ObjectRef) -> float | None:
        resource = self.resources.get(ref)
        if resource is None or resource["metadata"].get("deletionTimestamp"):
            await self._let_go(ref, resource)
            return None
        try:
            source = dialect.git_source(resource)
        except InputError as error:
            await self._report(
                resource, dialect.failed(Reason.URL_INVALID, str(error), stalled=True)
            )
            return None
        if source.suspended:
            self._reopen(resource, source)
            return None
        return await self._refresh(resource, source)

    async def _refresh(self, resource: Manifest, source: GitSource) -> float | None:
        """Look at the remote and make a new artifact if it moved."""
        self._reopen(resource, source)
        try:
            if await self._is_current(source):
                await self._report(resource, self._good(source.ref, resource), keep_artifact=True)
            else:
                await self._renew(resource, source)
        except ApiError:
            raise
        except TrueupError as error:
            return await self._fail(resource, source, error)
        self._backoff.succeeded(source.ref)
        return source.interval * random.uniform(0.98, 1.02)  # noqa: S311 - spreads polls

    async def _is_current(self, source: GitSource) -> bool:
        artifact = self._artifacts.get(source.ref)
        known = self._made_of.get(source.ref)
        if artifact is None or known is None or known[1] != source or source.include:
            return False
        revision = await self._checkouts.resolve(source)
        return revision.text == artifact.revision

    async def _renew(self, resource: Manifest, source: GitSource) -> None:
        before = self._artifacts.get(source.ref)
        artifact, verified = await self._checkouts.fetch(source)
        self._made_of[source.ref] = (artifact.revision, source)
        conditions = dialect.stored(artifact)
        if verified:
            conditions.append(Cond(Condition.SOURCE_VERIFIED, "True", Reason.SUCCEEDED, verified))
        # The status is written first: whoever acts on the artifact may look it up.
        await self._report(resource, conditions, artifact=artifact, source=source)
        self._artifacts.put(artifact)
        if before is None or before.revision != artifact.revision:
            self._say(resource, Reason.NEW_ARTIFACT, f"stored artifact for {artifact.revision}")

    async def _fail(
        self, resource: Manifest, source: GitSource, error: TrueupError
    ) -> float | None:
        reason = _reason_of(error)
        stalled = isinstance(error, InputError) and not source.secret
        conditions = dialect.failed(reason, str(error), stalled=stalled)
        if isinstance(error, VerificationError):
            conditions.append(Cond(Condition.SOURCE_VERIFIED, "False", reason, str(error)))
        if await self._report(resource, conditions, keep_artifact=True):
            self._say(resource, reason, str(error), warning=True)
        if stalled:
            return None
        return min(self._backoff.failed(source.ref), source.interval)

    def _reopen(self, resource: Manifest, source: GitSource) -> None:
        """After a restart: offer the artifact that the status names, from the cache."""
        if self._artifacts.get(source.ref) is not None:
            return
        status = resource.get("status") or {}
        recorded = status.get("artifact") or {}
        if not recorded.get("revision") or _spec_changed(resource, status):
            return
        try:
            artifact = self._checkouts.reopen(source, recorded["revision"])
        except TrueupError:
            return  # the cache lost it; it is fetched again
        if artifact is not None:
            self._made_of[source.ref] = (artifact.revision, source)
            self._artifacts.put(artifact)

    def _good(self, ref: ObjectRef, resource: Manifest) -> list[Cond]:
        artifact = self._artifacts.get(ref)
        assert artifact is not None
        conditions = dialect.stored(artifact)
        before = (self._home.status_of(resource)).get("conditions") or ()
        conditions += [
            Cond(c["type"], "True", c["reason"], c["message"])
            for c in before
            if c["type"] == Condition.SOURCE_VERIFIED and c["status"] == "True"
        ]
        return conditions

    async def _report(
        self,
        resource: Manifest,
        conditions: list[Cond],
        *,
        artifact: Artifact | None = None,
        source: GitSource | None = None,
        keep_artifact: bool = False,
    ) -> bool:
        """Write the status; whether the Ready condition says something new."""
        now = timestamp(self._home.clock.now())
        before = self._home.status_of(resource)
        generation = resource["metadata"].get("generation", 0)
        kinds = {condition.type for condition in conditions}
        status: Manifest = {
            **before,
            "observedGeneration": generation,
            "conditions": updated(
                before.get("conditions") or (),
                conditions,
                generation=generation,
                now=now,
                dropped=[kind for kind in _TRANSIENT if kind not in kinds],
            ),
        }
        if artifact is not None and source is not None:
            recorded = before.get("artifact") or {}
            if (recorded.get("revision"), recorded.get("digest")) != (
                artifact.revision,
                artifact.digest,
            ):
                status["artifact"] = dialect.artifact_status(artifact, now=now)
            for name in dialect.OBSERVED_FIELDS:
                status.pop(name, None)
            status |= dialect.observed(source)
        elif not keep_artifact:
            status.setdefault("artifact", before.get("artifact"))
        if requested := annotation(resource, REQUESTED_AT_ANNOTATION):
            status["lastHandledReconcileAt"] = requested
        status = {key: value for key, value in status.items() if value is not None}
        await self._home.write_status(resource, status, manager=SOURCE_MANAGER)
        return _ready(before) != _ready(status)

    async def _let_go(self, ref: ObjectRef, resource: Manifest | None) -> None:
        self._artifacts.drop(ref)
        self._made_of.pop(ref, None)
        self._home.forget(ref)
        finalizers = (resource or {}).get("metadata", {}).get("finalizers") or []
        if resource is not None and FINALIZER in finalizers:
            # Left by Flux; there is nothing of ours to clean up.
            rest = [name for name in finalizers if name != FINALIZER]
            await self._home.write_finalizers(resource, rest, manager=SOURCE_MANAGER)

    def _say(self, resource: Manifest, reason: str, message: str, *, warning: bool = False) -> None:
        self._home.say(resource, reason, message, component=SOURCE_MANAGER, warning=warning)


def _reason_of(error: TrueupError) -> str:
    if isinstance(error, VerificationError):
        return Reason.VERIFICATION_ERROR
    if isinstance(error, GitError) and error.trouble == "auth":
        return Reason.AUTHENTICATION_FAILED
    return Reason.GIT_OPERATION_FAILED


def _spec_changed(resource: Manifest, status: Manifest) -> bool:
    return bool(status.get("observedGeneration") != resource["metadata"].get("generation"))


def _ready(status: Manifest) -> tuple[str, str] | None:
    for condition in status.get("conditions") or ():
        if condition["type"] == Condition.READY:
            return condition["status"], condition["message"]
    return None
