"""What the status of a source or a delivery says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from trueup.cli.kinds import Kind
from trueup.dialects.flux.names import Condition, Reason
from trueup.objects import Manifest


def condition(obj: Mapping[str, Any], name: str) -> Mapping[str, Any] | None:
    """The condition of that type, whatever its case."""
    conditions = (obj.get("status") or {}).get("conditions") or ()
    return next((c for c in conditions if c["type"].lower() == name.lower()), None)


def ready(obj: Mapping[str, Any]) -> tuple[str, str]:
    """Status and message of Ready; an object that nobody has looked at is not ready."""
    found = condition(obj, Condition.READY)
    if found is None:
        return "False", "waiting to be reconciled"
    return found["status"], found.get("message") or ""


def is_suspended(obj: Mapping[str, Any]) -> bool:
    return bool((obj.get("spec") or {}).get("suspend"))


def revision(kind: Kind, obj: Mapping[str, Any]) -> str:
    """The revision that is fetched or applied now, or empty."""
    value: Any = obj.get("status") or {}
    for key in kind.revision:
        value = value.get(key) or {}
    return value if isinstance(value, str) else ""


def has_tried(kind: Kind, obj: Mapping[str, Any], commit: str) -> bool:
    """Whether what the status says is about ``commit``; a source tells only of what it has."""
    attempted = (obj.get("status") or {}).get("lastAttemptedRevision") or ""
    return kind.role == "source" or str(attempted).endswith(commit)


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a reconcile ended."""

    succeeded: bool
    message: str


def verdict(obj: Manifest, token: str = "") -> Verdict | None:
    """How the reconcile of the current spec ended, or None while it goes on.

    With ``token``, only the answer to that request counts. As in Flux a failed run leaves
    ``status.observedGeneration`` behind, says in its Ready condition which generation it saw,
    and keeps Reconciling with the reason ProgressingWithRetry. Waiting for a dependency is no
    failure: the run goes on when the dependency is ready.
    """
    status = obj.get("status") or {}
    if token and status.get("lastHandledReconcileAt") != token:
        return None
    found = condition(obj, Condition.READY)
    if found is None or is_running(obj):
        return None
    generation = obj["metadata"].get("generation")
    message = found.get("message") or ""
    if found["status"] == "True" and status.get("observedGeneration") == generation:
        return Verdict(True, message)
    seen = max(found.get("observedGeneration") or 0, status.get("observedGeneration") or 0)
    if found["status"] == "False" and (token or seen == generation):
        return None if found["reason"] == Reason.DEPENDENCY_NOT_READY else Verdict(False, message)
    return None


def is_running(obj: Mapping[str, Any]) -> bool:
    """Whether a reconcile goes on right now."""
    found = condition(obj, Condition.RECONCILING)
    if found is None or found["status"] != "True":
        return False
    return bool(found["reason"] != Reason.PROGRESSING_WITH_RETRY)
