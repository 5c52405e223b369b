"""A Kustomization's status, in Flux's own words, so that its clients see no difference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from trueup.dialects.flux.names import Condition, Reason
from trueup.objects import Manifest, ObjectRef
from trueup.plan import inventory
from trueup.report.conditions import Condition as Cond
from trueup.report.conditions import find, is_true, updated
from trueup.report.report import Attempt, Phase, Report, Trouble
from trueup.report.times import duration_of

MAX_HISTORY = 5
HANDING_OVER = "waiting for the source's other deliveries"
_CHECKING = "Running health checks for revision"

_REASONS = {
    Trouble.NONE: Reason.RECONCILIATION_SUCCEEDED,
    Trouble.SPEC: Reason.BUILD_FAILED,
    Trouble.ACCESS: Reason.ACCESS_DENIED,
    Trouble.EXPRESSION: Reason.INVALID_CEL_EXPRESSION,
    Trouble.SOURCE: Reason.ARTIFACT_FAILED,
    Trouble.DEPENDENCY: Reason.DEPENDENCY_NOT_READY,
    Trouble.BUILD: Reason.BUILD_FAILED,
    Trouble.APPLY: Reason.RECONCILIATION_FAILED,
    Trouble.PRUNE: Reason.PRUNE_FAILED,
    Trouble.HEALTH: Reason.HEALTH_CHECK_FAILED,
}


def reason_of(report: Report) -> str:
    if report.phase in (Phase.PROGRESSING, Phase.HANDING_OVER, Phase.CHECKING):
        return Reason.PROGRESSING
    return _REASONS[report.trouble]


def status_of(before: Manifest, report: Report) -> Manifest:
    """The status after ``report``."""
    attempt = report.attempt
    match report.phase:
        case Phase.PROGRESSING:
            return progressing(before, attempt, report.message)
        case Phase.HANDING_OVER:
            return progressing(before, attempt, HANDING_OVER)
        case Phase.CHECKING:
            return checking_health(before, attempt, report.timeout, report.message)
        case Phase.APPLIED:
            return applied(before, attempt, healthy_after=report.healthy_after)
        case Phase.FAILED:
            return failed(before, attempt, reason_of(report), report.message)
        case Phase.STALLED:
            return stalled(before, attempt, reason_of(report), report.message)


def progressing(before: Manifest, attempt: Attempt, message: str) -> Manifest:
    """Work has begun and is not done; what was ready before is not known to be so now."""
    wanted = [
        Cond(Condition.RECONCILING, "True", Reason.PROGRESSING, message),
        Cond(Condition.READY, "Unknown", Reason.PROGRESSING, "Reconciliation in progress"),
    ]
    status = _with(before, wanted, attempt, dropped=(Condition.STALLED,))
    return _attempted(status, attempt)


def checking_health(before: Manifest, attempt: Attempt, timeout: float, waiting: str) -> Manifest:
    message = f"{_CHECKING} {attempt.revision} with a timeout of {duration_of(timeout)}"
    wanted = [
        Cond(Condition.RECONCILING, "True", Reason.PROGRESSING, f"{message}: {waiting}"),
        Cond(Condition.READY, "Unknown", Reason.PROGRESSING, message),
        Cond(Condition.HEALTHY, "Unknown", Reason.PROGRESSING, message),
    ]
    return _attempted(_with(before, wanted, attempt), attempt)


def applied(before: Manifest, attempt: Attempt, *, healthy_after: float | None) -> Manifest:
    """Everything is live. ``healthy_after``: seconds that health took, None if none was asked."""
    message = f"Applied revision: {attempt.revision}"
    wanted = [Cond(Condition.READY, "True", Reason.RECONCILIATION_SUCCEEDED, message)]
    dropped = [Condition.RECONCILING, Condition.STALLED]
    if healthy_after is None:
        dropped.append(Condition.HEALTHY)
    else:
        text = f"Health check passed in {duration_of(healthy_after)}"
        known = find(before.get("conditions") or (), Condition.HEALTHY)
        if known is not None and known["status"] == "True" and _is_live(before, attempt):
            text = known["message"]
        wanted.append(Cond(Condition.HEALTHY, "True", Reason.SUCCEEDED, text))
    status = _with(before, wanted, attempt, dropped=dropped)
    status["lastAppliedRevision"] = attempt.revision
    status.pop("lastAppliedOriginRevision", None)
    if attempt.origin_revision:
        status["lastAppliedOriginRevision"] = attempt.origin_revision
    return _handled(_attempted(status, attempt), attempt)


def failed(before: Manifest, attempt: Attempt, reason: str, message: str) -> Manifest:
    """It could not be made live; it is tried again."""
    wanted = [
        Cond(Condition.READY, "False", reason, message),
        Cond(Condition.RECONCILING, "True", Reason.PROGRESSING_WITH_RETRY, message),
    ]
    if reason in (Reason.HEALTH_CHECK_FAILED, Reason.HEALTH_CHECK_CANCELED):
        wanted.append(Cond(Condition.HEALTHY, "False", reason, message))
    # The generation counts as observed only when it is live (or stalled), as in Flux.
    observed = before.get("observedGeneration", -1)
    status = _with(before, wanted, attempt, dropped=(Condition.STALLED,))
    status["observedGeneration"] = observed
    return _handled(_attempted(status, attempt), attempt)


def stalled(before: Manifest, attempt: Attempt, reason: str, message: str) -> Manifest:
    """It cannot be made live until somebody changes the spec."""
    wanted = [
        Cond(Condition.STALLED, "True", reason, message),
        Cond(Condition.READY, "False", reason, message),
    ]
    status = _with(before, wanted, attempt, dropped=(Condition.RECONCILING,))
    return _handled(status, attempt)


def inventory_of(status: Mapping[str, Any]) -> list[ObjectRef]:
    return inventory.refs_of((status.get("inventory") or {}).get("entries") or ())


def with_inventory(status: Manifest, refs: Sequence[ObjectRef]) -> Manifest:
    entries = sorted((inventory.entry_of(ref) for ref in refs), key=lambda entry: entry["id"])
    return {**status, "inventory": {"entries": entries}}


def with_history(
    status: Manifest, attempt: Attempt, digest: str, result: str, seconds: float
) -> Manifest:
    """Count a reconcile: entries of one digest and result are one, newest first."""
    entries = list(status.get("history") or ())
    same = next(
        (e for e in entries if (e["digest"], e["lastReconciledStatus"]) == (digest, result)), None
    )
    if same is not None:
        entries.remove(same)
    metadata = {"revision": attempt.revision}
    if attempt.origin_revision:
        metadata["originRevision"] = attempt.origin_revision
    entry = {
        "digest": digest,
        "firstReconciled": same["firstReconciled"] if same else attempt.now,
        "lastReconciled": attempt.now,
        "lastReconciledDuration": duration_of(seconds),
        "lastReconciledStatus": result,
        "totalReconciliations": (same["totalReconciliations"] if same else 0) + 1,
        "metadata": metadata,
    }
    return {**status, "history": [entry, *entries][:MAX_HISTORY]}


def is_ready(resource: Mapping[str, Any]) -> bool:
    """Whether the resource's own generation was made live."""
    status = resource.get("status") or {}
    observed = status.get("observedGeneration") == resource["metadata"].get("generation")
    return observed and is_true(status.get("conditions") or (), Condition.READY)


def has_tried(resource: Mapping[str, Any], revision: str) -> bool:
    """Whether all that can be applied of ``revision`` now has been."""
    status = resource.get("status") or {}
    conditions = status.get("conditions") or ()
    if is_true(conditions, Condition.STALLED):
        return bool(status.get("observedGeneration") == resource["metadata"].get("generation"))
    if status.get("lastAttemptedRevision") != revision:
        return False
    ready, reconciling = (
        find(conditions, each) for each in (Condition.READY, Condition.RECONCILING)
    )
    if ready is None or ready["status"] != "Unknown":
        return ready is not None
    is_checking = str(ready["message"]).startswith(f"{_CHECKING} {revision} ")
    return is_checking or (reconciling is not None and reconciling["message"] == HANDING_OVER)


def _is_live(status: Mapping[str, Any], attempt: Attempt) -> bool:
    return (
        status.get("lastAppliedRevision") == attempt.revision
        and status.get("observedGeneration") == attempt.generation
    )


def _with(
    before: Manifest, wanted: list[Cond], attempt: Attempt, dropped: Sequence[str] = ()
) -> Manifest:
    conditions = updated(
        before.get("conditions") or (),
        wanted,
        generation=attempt.generation,
        now=attempt.now,
        dropped=dropped,
    )
    decided = any(c.type == Condition.READY and c.status != "Unknown" for c in wanted)
    observed = attempt.generation if decided else before.get("observedGeneration", -1)
    return {**before, "conditions": conditions, "observedGeneration": observed}


def _attempted(status: Manifest, attempt: Attempt) -> Manifest:
    return {**status, "lastAttemptedRevision": attempt.revision} if attempt.revision else status


def _handled(status: Manifest, attempt: Attempt) -> Manifest:
    if attempt.requested_at:
        return {**status, "lastHandledReconcileAt": attempt.requested_at}
    return status
