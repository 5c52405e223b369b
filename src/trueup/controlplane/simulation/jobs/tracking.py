"""Counting a Job's finished pods exactly once, whenever the process dies.

A finished pod is first named in the status, then loses the finalizer that keeps it, then is
counted; each of the three is a write of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from trueup.controlplane.simulation.outcome import Action, Change
from trueup.controlplane.simulation.reading import is_deleting, phase
from trueup.objects import Manifest

Pod = Mapping[str, Any]

FINALIZER = "batch.kubernetes.io/job-tracking"


@dataclass(frozen=True, slots=True)
class Tally:
    """Numbers for the status, with the uids that are on their way into them."""

    succeeded: int
    failed: int
    waiting: Mapping[str, Sequence[str]]
    """By ``succeeded`` and ``failed``: uids that are named in the status, not counted yet."""

    @property
    def all_succeeded(self) -> int:
        return self.succeeded + len(self.waiting["succeeded"])

    @property
    def all_failed(self) -> int:
        return self.failed + len(self.waiting["failed"])

    @property
    def is_settled(self) -> bool:
        return not self.waiting["succeeded"] and not self.waiting["failed"]


def tally(status: Mapping[str, Any], pods: Sequence[Pod], *, replace_failed_only: bool) -> Tally:
    """What ``status`` has counted, and what ``pods`` add to it."""
    named = status.get("uncountedTerminatedPods") or {}
    held = {pod["metadata"]["uid"]: pod for pod in pods if is_tracked(pod)}
    counts: dict[str, int] = {}
    waiting: dict[str, list[str]] = {}
    for result in ("succeeded", "failed"):
        known = list(named.get(result) or ())
        counts[result] = int(status.get(result) or 0) + sum(uid not in held for uid in known)
        waiting[result] = [uid for uid in known if uid in held]
    for uid, pod in held.items():
        found = result_of(pod, replace_failed_only=replace_failed_only)
        if found and uid not in waiting[found]:
            waiting[found].append(uid)
    return Tally(counts["succeeded"], counts["failed"], waiting)


def result_of(pod: Pod, *, replace_failed_only: bool = False) -> str:
    """``succeeded``, ``failed``, or empty while it runs; a pod that is taken away has failed."""
    if phase(pod) == "Succeeded":
        return "succeeded"
    if phase(pod) == "Failed" or (is_deleting(pod) and not replace_failed_only):
        return "failed"
    return ""


def is_tracked(pod: Pod) -> bool:
    return FINALIZER in (pod["metadata"].get("finalizers") or ())


def released(pod: Pod) -> list[Action]:
    """Take the finalizer off."""
    if not is_tracked(pod):
        return []
    kept = [name for name in pod["metadata"]["finalizers"] if name != FINALIZER]
    return [Change(pod, {"metadata": {"finalizers": kept or None}})]


def uncounted(found: Tally) -> Manifest:
    """The status field that names the pods."""
    return {result: list(uids) for result, uids in found.waiting.items() if uids}
