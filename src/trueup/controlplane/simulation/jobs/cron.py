"""Makes a Job each time that a CronJob's schedule says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from trueup.controlplane.simulation.controller import Controller
from trueup.controlplane.simulation.jobs.schedule import Schedule
from trueup.controlplane.simulation.kinds import CRON_JOB, JOB
from trueup.controlplane.simulation.outcome import (
    Action,
    Create,
    Delete,
    Outcome,
    Tell,
    status_change,
)
from trueup.controlplane.simulation.reading import (
    created,
    holds,
    is_deleting,
    moment,
    name_of,
    owner_reference,
)
from trueup.errors import InputError
from trueup.objects import Manifest
from trueup.objects.manifest import copy
from trueup.report.times import timestamp

Job = Mapping[str, Any]

_SCHEDULED_AT = "batch.kubernetes.io/cronjob-scheduled-timestamp"


class CronJobs(Controller):
    """Starts a Job whenever the schedule says so."""

    kind = CRON_JOB
    children = (JOB,)

    def decide(self, obj: Manifest) -> Outcome:
        jobs = self.world.owned(JOB, obj["metadata"]["uid"])
        return cron_job_outcome(obj, jobs, self.clock.now())


def cron_job_outcome(cron_job: Manifest, jobs: Sequence[Job], now: datetime) -> Outcome:
    """Clear up, start the Job that is due by the concurrency policy, and say what runs."""
    status = dict(cron_job.get("status") or {})
    actions = _old_jobs(cron_job, jobs)
    running = [job for job in jobs if not _is_over(job)]
    if ended := [_ended(job) for job in jobs if holds(job, "Complete")]:
        status["lastSuccessfulTime"] = max([*ended, status.get("lastSuccessfulTime", "")])
    again: float | None = None
    if not cron_job["spec"].get("suspend") and not is_deleting(cron_job):
        try:
            schedule = Schedule(cron_job)
        except InputError as error:
            told = Tell(cron_job, "UnparseableSchedule", error.cause, warning=True)
            return Outcome([*actions, told] if not status else actions)
        actions += _due(cron_job, schedule, running, status, now)
        since = moment(status.get("lastScheduleTime") or timestamp(created(cron_job)))
        following = schedule.next(since, now)
        again = (following - now).total_seconds() + 0.1 if following else None
    status["active"] = [_reference(job) for job in running]
    if not status["active"]:
        del status["active"]
    return Outcome([*actions, *status_change(cron_job, status)], again)


def _due(
    cron_job: Manifest,
    schedule: Schedule,
    running: Sequence[Job],
    status: Manifest,
    now: datetime,
) -> list[Action]:
    """What is due now; notes in ``status`` when it was."""
    spec = cron_job["spec"]
    since = moment(status.get("lastScheduleTime") or timestamp(created(cron_job)))
    due = schedule.last(since, now)
    if due is None:
        return []
    deadline = spec.get("startingDeadlineSeconds")
    if deadline is not None and due + timedelta(seconds=deadline) < now:
        return []  # missed: the next one is waited for
    policy = spec.get("concurrencyPolicy", "Allow")
    if policy == "Forbid" and running:
        message = (
            "Not starting job because prior execution is running and concurrency policy is Forbid"
        )
        return [Tell(cron_job, "JobAlreadyActive", message)]
    actions: list[Action] = []
    if policy == "Replace":
        told = Tell(cron_job, "SuccessfulDelete", "Deleted job {name}")
        actions += [Delete(job, then=told) for job in running]
    status["lastScheduleTime"] = timestamp(due)
    job = _job(cron_job, due)
    return [*actions, Create(job, Tell(cron_job, "SuccessfulCreate", "Created job {name}"))]


def _job(cron_job: Manifest, due: datetime) -> Manifest:
    """The Job of one time; its name makes sure that there is only one."""
    template = cron_job["spec"]["jobTemplate"]
    given = template.get("metadata") or {}
    metadata: Manifest = {
        "name": f"{name_of(cron_job)}-{int(due.timestamp()) // 60}",
        "namespace": cron_job["metadata"]["namespace"],
        "annotations": {**(given.get("annotations") or {}), _SCHEDULED_AT: timestamp(due)},
        "ownerReferences": [owner_reference(cron_job)],
    }
    if given.get("labels"):
        metadata["labels"] = copy(given["labels"])
    spec = copy(template["spec"])
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": metadata, "spec": spec}


def _old_jobs(cron_job: Manifest, jobs: Sequence[Job]) -> list[Action]:
    """The finished Jobs beyond the history that is to be kept, the oldest first."""
    actions: list[Action] = []
    limits = {"Complete": "successfulJobsHistoryLimit", "Failed": "failedJobsHistoryLimit"}
    for type_, field in limits.items():
        limit = cron_job["spec"].get(field)
        ended = [job for job in jobs if holds(job, type_) and not is_deleting(job)]
        ended.sort(key=lambda job: (created(job), name_of(job)))
        if limit is not None:
            told = Tell(cron_job, "SuccessfulDelete", "Deleted job {name}")
            surplus = ended[: max(0, len(ended) - limit)]
            actions += [Delete(job, then=told) for job in surplus]
    return actions


def _is_over(job: Job) -> bool:
    return holds(job, "Complete") or holds(job, "Failed")


def _ended(job: Job) -> str:
    return str((job.get("status") or {}).get("completionTime") or "")


def _reference(job: Job) -> Manifest:
    metadata = job["metadata"]
    return {
        "kind": "Job",
        "namespace": metadata["namespace"],
        "name": metadata["name"],
        "uid": metadata["uid"],
        "apiVersion": "batch/v1",
    }
