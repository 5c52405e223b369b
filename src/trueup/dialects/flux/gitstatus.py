"""A GitRepository's status, as source-controller writes it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from trueup.dialects.flux.gitrepository import GitSource, Include
from trueup.dialects.flux.names import Condition, Reason
from trueup.errors import TrueupError
from trueup.flow import Artifact
from trueup.objects import Manifest
from trueup.report.conditions import Condition as Cond
from trueup.report.conditions import find, is_true, updated

_FAILURES = (
    Condition.FETCH_FAILED,
    Condition.INCLUDE_UNAVAILABLE,
    Condition.STORAGE_OPERATION_FAILED,
)

_OBSERVED = (
    "observedIgnore",
    "observedInclude",
    "observedRecurseSubmodules",
    "observedSparseCheckout",
)


class Obstacle(TrueupError):
    """What keeps a source from its artifact, and the condition that says so.

    ``condition`` is false for SourceVerified and true for all others. A ``stalled`` source is not
    tried again until its spec changes.
    """

    def __init__(
        self,
        cause: str,
        reason: str,
        *,
        condition: str = Condition.FETCH_FAILED,
        stalled: bool = False,
    ) -> None:
        super().__init__(cause)
        self.reason = reason
        self.condition = condition
        self.stalled = stalled

    @property
    def is_waiting(self) -> bool:
        """Whether the remedy is another source's."""
        return self.condition == Condition.INCLUDE_UNAVAILABLE


@dataclass(frozen=True, slots=True)
class Look:
    """One look at a source. ``now`` is an RFC 3339 time."""

    generation: int
    requested_at: str
    now: str


def progressing(before: Manifest, look: Look) -> Manifest:
    """Work has begun; a source that was ready still is."""
    observed = before.get("observedGeneration", -1)
    message = "reconciliation in progress"
    if observed != look.generation:
        message = f"processing object: new generation {observed} -> {look.generation}"
    wanted = [Cond(Condition.RECONCILING, "True", Reason.PROGRESSING, message)]
    if readiness(before)[0] in ("", "Unknown"):
        wanted.append(Cond(Condition.READY, "Unknown", Reason.PROGRESSING, message))
    return _with(before, look, wanted)


def building(before: Manifest, look: Look, revision: str) -> Manifest:
    """The remote has something new, which is being fetched."""
    news = f"new upstream revision '{revision}'"
    message = f"building artifact: {news}"
    wanted = [
        Cond(Condition.RECONCILING, "True", Reason.PROGRESSING, message),
        Cond(Condition.READY, "Unknown", Reason.PROGRESSING, message),
    ]
    if before.get("artifact"):
        wanted.append(Cond(Condition.ARTIFACT_OUTDATED, "True", Reason.NEW_REVISION, news))
    return _with(before, look, wanted)


def stored(
    before: Manifest,
    look: Look,
    source: GitSource,
    artifact: Artifact,
    *,
    included: Sequence[Mapping[str, Any]] = (),
    verified: str = "",
) -> Manifest:
    """The artifact is what the source asks for now. ``included``: the artifacts laid into it.

    ``verified`` says which signatures were found good; empty where that was not asked again.
    """
    message = f"stored artifact for revision '{artifact.revision}'"
    wanted = [
        Cond(Condition.READY, "True", Reason.SUCCEEDED, message),
        Cond(Condition.ARTIFACT_IN_STORAGE, "True", Reason.SUCCEEDED, message),
    ]
    dropped = [*_FAILURES, Condition.RECONCILING, Condition.STALLED, Condition.ARTIFACT_OUTDATED]
    if verified:
        wanted.append(Cond(Condition.SOURCE_VERIFIED, "True", Reason.SUCCEEDED, verified))
    elif source.verify is None:
        dropped.append(Condition.SOURCE_VERIFIED)
    status = _with(before, look, wanted, dropped)
    status["observedGeneration"] = look.generation
    status["artifact"] = _artifact_status(before.get("artifact") or {}, artifact, look.now)
    return _handled(_without_observations(status) | _observations(source, included), look)


def failed(before: Manifest, look: Look, obstacle: Obstacle) -> Manifest:
    """The artifact stays what it was; the conditions say why."""
    reason, message = obstacle.reason, str(obstacle)
    is_bad = "False" if obstacle.condition == Condition.SOURCE_VERIFIED else "True"
    wanted = [
        Cond(obstacle.condition, is_bad, reason, message),
        Cond(Condition.READY, "False", reason, message),
    ]
    dropped = [each for each in _FAILURES if each != obstacle.condition]
    if obstacle.condition != Condition.SOURCE_VERIFIED and not _is_verified(before):
        dropped.append(Condition.SOURCE_VERIFIED)
    if obstacle.stalled:
        wanted.append(Cond(Condition.STALLED, "True", reason, message))
        dropped.append(Condition.RECONCILING)
    else:
        retry = Reason.PROGRESSING_WITH_RETRY
        wanted.append(Cond(Condition.RECONCILING, "True", retry, _under_way(before)))
        dropped.append(Condition.STALLED)
    status = _with(before, look, wanted, dropped)
    if obstacle.stalled:
        status["observedGeneration"] = look.generation
    return _handled(status, look)


def suspended(before: Manifest, look: Look) -> Manifest:
    """Nothing is looked at; what was said before stays."""
    status = _handled(before, look)
    if not before.get("conditions"):
        return status
    return status | {
        "conditions": [c for c in before["conditions"] if c["type"] != Condition.STALLED],
        "observedGeneration": look.generation,
    }


def has_failed(status: Mapping[str, Any]) -> bool:
    """Whether the last look failed; the next good one is a recovery."""
    conditions = status.get("conditions") or ()
    return any(find(conditions, each) is not None for each in _FAILURES)


def readiness(status: Mapping[str, Any]) -> tuple[str, str]:
    """Status and message of Ready."""
    found = find(status.get("conditions") or (), Condition.READY) or {}
    return str(found.get("status", "")), str(found.get("message", ""))


def is_asked(status: Mapping[str, Any], look: Look) -> bool:
    """Whether somebody waits for this look: a new spec, or a request that is not handled."""
    ready = find(status.get("conditions") or (), Condition.READY) or {}
    return bool(
        ready.get("observedGeneration") != look.generation
        or status.get("lastHandledReconcileAt", "") != look.requested_at
    )


def needs_verification(source: GitSource, status: Mapping[str, Any]) -> bool:
    """Whether the artifact has not been verified in the way that is asked for now."""
    if source.verify is None:
        return False
    observed = status.get("sourceVerificationMode")
    return observed not in (source.verify.mode, "TagAndHEAD")


def observed_source(source: GitSource, status: Mapping[str, Any]) -> GitSource:
    """``source`` as it was when the artifact that the status names was made."""
    return replace(
        source,
        ignore=status.get("observedIgnore"),
        directories=tuple(status.get("observedSparseCheckout") or ()),
        submodules=bool(status.get("observedRecurseSubmodules")),
        include=tuple(Include.of(item) for item in status.get("observedInclude") or ()),
    )


def _with(
    before: Manifest, look: Look, wanted: Iterable[Cond], dropped: Iterable[str] = ()
) -> Manifest:
    conditions = updated(
        before.get("conditions") or (),
        wanted,
        generation=look.generation,
        now=look.now,
        dropped=dropped,
    )
    return {**before, "conditions": conditions}


def _handled(status: Manifest, look: Look) -> Manifest:
    return {**status, "lastHandledReconcileAt": look.requested_at} if look.requested_at else status


def _artifact_status(before: Manifest, artifact: Artifact, now: str) -> Manifest:
    """``status.artifact``: Trueup hands trees over in process, so the URL only names them."""
    if (before.get("revision"), before.get("digest")) == (artifact.revision, artifact.digest):
        return before
    ref = artifact.source
    name = artifact.revision.rpartition(":")[2]
    path = f"{ref.kind.lower()}/{ref.namespace}/{ref.name}/{name}"
    return {
        "path": path,
        "url": f"trueup:///{path}",
        "revision": artifact.revision,
        "digest": artifact.digest,
        "lastUpdateTime": now,
    }


def _without_observations(status: Manifest) -> Manifest:
    names = (*_OBSERVED, "includedArtifacts", "sourceVerificationMode")
    return {key: value for key, value in status.items() if key not in names}


def _observations(source: GitSource, included: Sequence[Mapping[str, Any]]) -> Manifest:
    """The fields that repeat what of the spec the artifact was made from; empty ones are absent."""
    pairs = {
        "observedIgnore": source.ignore,
        "observedRecurseSubmodules": source.submodules or None,
        "observedSparseCheckout": list(source.directories) or None,
        "observedInclude": [item.spec for item in source.include] or None,
        "includedArtifacts": [dict(each) for each in included] or None,
        "sourceVerificationMode": source.verify.mode if source.verify else None,
    }
    return {key: value for key, value in pairs.items() if value is not None}


def _is_verified(status: Mapping[str, Any]) -> bool:
    return is_true(status.get("conditions") or (), Condition.SOURCE_VERIFIED)


def _under_way(status: Mapping[str, Any]) -> str:
    """What the last look was about, which the next one goes on with."""
    found = find(status.get("conditions") or (), Condition.RECONCILING)
    return str(found["message"]) if found else "reconciliation in progress"
