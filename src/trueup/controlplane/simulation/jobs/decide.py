"""The next step of a Job: which pods to start or stop, and whether it is done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from trueup.controlplane.simulation.jobs.indexes import index_of, parsed, with_index, written
from trueup.controlplane.simulation.jobs.tracking import (
    FINALIZER,
    Tally,
    released,
    result_of,
    tally,
    uncounted,
)
from trueup.controlplane.simulation.outcome import (
    Action,
    Create,
    Delete,
    Outcome,
    Tell,
    soonest,
    status_change,
)
from trueup.controlplane.simulation.reading import (
    condition,
    holds,
    is_active,
    is_deleting,
    is_finished,
    is_ready,
    moment,
    without_zeros,
)
from trueup.controlplane.simulation.replicasets.replicas import deletion_rank, restarts_of
from trueup.controlplane.simulation.requests import requests_of
from trueup.controlplane.simulation.templates import pod_from_template
from trueup.objects import Manifest
from trueup.report.times import timestamp

Pod = Mapping[str, Any]

_BURST = 500
_BACKOFF_FIRST, _BACKOFF_MOST = 10.0, 600.0
"""Seconds before a failed pod is replaced, doubling with each failure."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a Job ends: ``Complete`` or ``Failed``, and why."""

    type: str
    reason: str
    message: str

    @property
    def announced(self) -> str:
        """The condition that says so while pods are still on their way out."""
        return "SuccessCriteriaMet" if self.type == "Complete" else "FailureTarget"


_DONE = Verdict("Complete", "CompletionsReached", "Reached expected number of succeeded pods")


def job_outcome(job: Manifest, pods: Sequence[Pod], now: datetime) -> Outcome:
    """One step."""
    if holds(job, "Complete") or holds(job, "Failed"):
        return _after(job, pods, now)
    spec, status = job["spec"], dict(job.get("status") or {})
    only_failed = spec.get("podReplacementPolicy") == "Failed"
    found = tally(status, pods, replace_failed_only=only_failed)
    active = [pod for pod in pods if is_active(pod)]
    done = _done_indexes(job, pods)
    succeeded = len(done) if _is_indexed(job) else found.all_succeeded
    suspended = bool(spec.get("suspend"))
    if not suspended and not status.get("startTime"):
        status["startTime"] = timestamp(now)
    verdict = _verdict(job, status, pods, found, succeeded, bool(active), now)
    again: float | None = None
    changes: list[Action] = []
    if verdict or suspended:
        changes = [action for pod in active for action in _stopped(job, pod)]
    elif not is_deleting(job):
        changes, again = _managed(job, pods, active, found, succeeded, done, now)
    status = _status(job, status, pods, found, done, verdict, now)
    settled = _settled(pods, found)
    write = status_change(job, status)
    return Outcome(
        [*write, *settled, *changes, *_told(job, status)],
        again if verdict else soonest(again, _until_deadline(job, status, now)),
    )


def _verdict(
    job: Manifest,
    status: Mapping[str, Any],
    pods: Sequence[Pod],
    found: Tally,
    succeeded: int,
    is_running: bool,
    now: datetime,
) -> Verdict | None:
    announced = condition(job, "FailureTarget")
    if announced:
        return Verdict("Failed", announced["reason"], announced["message"])
    if condition(job, "SuccessCriteriaMet"):
        return _DONE
    spec = job["spec"]
    limit = spec.get("backoffLimit", 6)
    if found.all_failed > limit or _restarted_too_often(job, pods, limit):
        message = "Job has reached the specified backoff limit"
        return Verdict("Failed", "BackoffLimitExceeded", message)
    if _is_overdue(job, status, now):
        message = "Job was active longer than specified deadline"
        return Verdict("Failed", "DeadlineExceeded", message)
    wanted = spec.get("completions")
    complete = succeeded > 0 if wanted is None else succeeded >= wanted
    return _DONE if complete and not is_running else None


def _restarted_too_often(job: Manifest, pods: Sequence[Pod], limit: int) -> bool:
    """Where containers are started again in place, their restarts count as failures."""
    if job["spec"]["template"]["spec"].get("restartPolicy") != "OnFailure":
        return False
    restarts = sum(restarts_of(pod) for pod in pods if not is_finished(pod))
    return restarts > 0 if limit == 0 else restarts >= limit


def _is_overdue(job: Manifest, status: Mapping[str, Any], now: datetime) -> bool:
    left = _until_deadline(job, status, now)
    return left is not None and left <= 0


def _until_deadline(job: Manifest, status: Mapping[str, Any], now: datetime) -> float | None:
    seconds, start = job["spec"].get("activeDeadlineSeconds"), status.get("startTime")
    if seconds is None or not start or job["spec"].get("suspend"):
        return None
    return (moment(start) + timedelta(seconds=seconds) - now).total_seconds()


def _managed(
    job: Manifest,
    pods: Sequence[Pod],
    active: Sequence[Pod],
    found: Tally,
    succeeded: int,
    done: set[int],
    now: datetime,
) -> tuple[list[Action], float | None]:
    """Start what is missing, after a while where pods failed; stop what is too much."""
    spec = job["spec"]
    wanted = int(spec.get("parallelism", 1))
    if spec.get("completions") is not None:
        wanted = min(wanted, spec["completions"] - succeeded)
    elif succeeded:
        wanted = min(wanted, len(active))
    if len(active) > wanted:
        surplus = sorted(active, key=deletion_rank)[: len(active) - max(0, wanted)]
        return [action for pod in surplus for action in _stopped(job, pod)], None
    missing = min(wanted - len(active), _BURST)
    if spec.get("podReplacementPolicy") == "Failed":
        missing -= sum(is_deleting(pod) and not is_finished(pod) for pod in pods)
    if missing <= 0:
        return [], None
    if wait := _backoff(pods, found, now):
        return [], wait
    told = Tell(job, "SuccessfulCreate", "Created pod: {name}")
    return [Create(pod, told) for pod in _new_pods(job, missing, active, done)], None


def _new_pods(job: Manifest, count: int, active: Sequence[Pod], done: set[int]) -> list[Manifest]:
    made = []
    taken = done | {index for pod in active if (index := index_of(pod)) is not None}
    free = (index for index in range(job["spec"].get("completions") or 0) if index not in taken)
    for _ in range(count):
        pod = pod_from_template(job["spec"]["template"], job)
        metadata = pod["metadata"]
        metadata["finalizers"] = [*metadata.get("finalizers", ()), FINALIZER]
        if asked := requests_of(job):
            metadata["annotations"] = {**asked, **metadata.get("annotations", {})}
        made.append(with_index(pod, next(free)) if _is_indexed(job) else pod)
    return made


def _backoff(pods: Sequence[Pod], found: Tally, now: datetime) -> float:
    """Seconds that the next pod has to wait because of the failures so far."""
    ends = [_finished_at(pod) for pod in pods if result_of(pod) == "failed"]
    last = max((end for end in ends if end), default=None)
    if last is None or not found.all_failed:
        return 0.0
    wait = min(_BACKOFF_MOST, _BACKOFF_FIRST * 2.0 ** min(found.all_failed - 1, 10))
    return max(0.0, (last + timedelta(seconds=wait) - now).total_seconds())


def _finished_at(pod: Pod) -> datetime | None:
    for status in (pod.get("status") or {}).get("containerStatuses") or ():
        ended = (status.get("state") or {}).get("terminated")
        if ended and ended.get("finishedAt"):
            return moment(ended["finishedAt"])
    return None


def _stopped(job: Manifest, pod: Pod) -> list[Action]:
    """A pod that the Job itself takes away does not count as failed."""
    return [*released(pod), Delete(pod, then=Tell(job, "SuccessfulDelete", "Deleted pod: {name}"))]


def _settled(pods: Sequence[Pod], found: Tally) -> list[Action]:
    named = {uid for uids in found.waiting.values() for uid in uids}
    return [action for pod in pods if pod["metadata"]["uid"] in named for action in released(pod)]


def _is_indexed(job: Manifest) -> bool:
    return bool(job["spec"].get("completionMode") == "Indexed")


def _done_indexes(job: Manifest, pods: Sequence[Pod]) -> set[int]:
    if not _is_indexed(job):
        return set()
    before = parsed((job.get("status") or {}).get("completedIndexes") or "")
    now = {index_of(pod) for pod in pods if result_of(pod) == "succeeded"}
    return before | {index for index in now if index is not None}


def _status(
    job: Manifest,
    before: Manifest,
    pods: Sequence[Pod],
    found: Tally,
    done: set[int],
    verdict: Verdict | None,
    now: datetime,
) -> Manifest:
    stops = bool(verdict or job["spec"].get("suspend"))
    active = [] if stops else [pod for pod in pods if is_active(pod)]
    running = sum(not is_finished(p) for p in pods) if stops else 0
    leaving = running or sum(is_deleting(pod) and not is_finished(pod) for pod in pods)
    counts = {
        "active": len(active),
        "succeeded": len(done) if _is_indexed(job) else found.succeeded,
        "failed": found.failed,
    }
    kept = {key: value for key, value in before.items() if key not in counts}
    status = {**kept, **without_zeros(counts)}
    status["ready"] = sum(is_ready(pod) for pod in active)
    status["terminating"] = leaving
    status["uncountedTerminatedPods"] = uncounted(found)
    if _is_indexed(job):
        status["completedIndexes"] = written(done)
    if job["spec"].get("suspend"):
        status.pop("startTime", None)
    conditions = list(before.get("conditions") or ())
    conditions = _with_suspension(job, conditions, now) if not verdict else conditions
    if verdict:
        conditions = _announced(conditions, verdict.announced, verdict, now)
        if not leaving and found.is_settled:
            conditions = _announced(conditions, verdict.type, verdict, now)
            if verdict.type == "Complete":
                status["completionTime"] = timestamp(now)
    if conditions:
        status["conditions"] = conditions
    return status


def _with_suspension(job: Manifest, conditions: list[Manifest], now: datetime) -> list[Manifest]:
    known = next((c for c in conditions if c["type"] == "Suspended"), None)
    if job["spec"].get("suspend"):
        said = Verdict("Suspended", "JobSuspended", "Job suspended")
        return _announced(conditions, "Suspended", said, now)
    if known is None:
        return conditions
    said = Verdict("Suspended", "JobResumed", "Job resumed")
    return _announced(conditions, "Suspended", said, now, status="False")


def _announced(
    conditions: list[Manifest], type_: str, said: Verdict, now: datetime, *, status: str = "True"
) -> list[Manifest]:
    if any(c["type"] == type_ and c["status"] == status for c in conditions):
        return conditions
    written_now = {
        "type": type_,
        "status": status,
        "lastProbeTime": timestamp(now),
        "lastTransitionTime": timestamp(now),
        "reason": said.reason,
        "message": said.message,
    }
    return [*(c for c in conditions if c["type"] != type_), written_now]


def _told(job: Manifest, status: Mapping[str, Any]) -> list[Action]:
    """Said when the last condition is written for the first time."""
    for found in status.get("conditions") or ():
        if found["type"] == "Complete":
            return [Tell(job, "Completed", "Job completed")]
        if found["type"] == "Failed":
            return [Tell(job, found["reason"], found["message"], warning=True)]
    return []


def _after(job: Manifest, pods: Sequence[Pod], now: datetime) -> Outcome:
    """A finished Job lets go of its pods, and goes itself when its time is over."""
    actions = [action for pod in pods for action in released(pod)]
    seconds = job["spec"].get("ttlSecondsAfterFinished")
    if seconds is None or is_deleting(job):
        return Outcome(actions)
    ended = condition(job, "Complete") or condition(job, "Failed")
    assert ended is not None
    end = moment(ended["lastTransitionTime"])
    left = (end + timedelta(seconds=seconds) - now).total_seconds()
    return Outcome(actions, left) if left > 0 else Outcome([*actions, Delete(job)])
