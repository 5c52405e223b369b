"""Rows of the workload kinds: apps and batch."""

from __future__ import annotations

from datetime import datetime

from trueup.controlplane.tables.column import (
    AGE,
    NAME,
    Column,
    at,
    count,
    field,
    number,
    shown,
    text,
)
from trueup.controlplane.tables.duration import human_duration, since
from trueup.controlplane.tables.selectors import format_labels, selector_text
from trueup.controlplane.tables.templates import containers, plain_selector, selector
from trueup.objects import Manifest


def _ready(obj: Manifest) -> str:
    return f"{at(obj, 'status.readyReplicas', 0)}/{at(obj, 'spec.replicas', 0)}"


def _completions(job: Manifest) -> str:
    done, wanted = at(job, "status.succeeded", 0), at(job, "spec.completions")
    if wanted is not None:
        return f"{done}/{wanted}"
    parallel = at(job, "spec.parallelism", 0)
    return f"{done}/1 of {parallel}" if parallel > 1 else f"{done}/1"


def _duration(job: Manifest, now: datetime) -> str:
    started, completed = at(job, "status.startTime"), at(job, "status.completionTime")
    if not started:
        return ""
    end = datetime.fromisoformat(completed) if completed else now
    return human_duration(end - datetime.fromisoformat(started))


def _job_status(job: Manifest) -> str:
    for condition, word in _JOB_WORDS:
        if condition == "Terminating":
            met = bool(at(job, "metadata.deletionTimestamp"))
        else:
            met = _is_true(job, condition)
        if met:
            return word
    return "Running"


_JOB_WORDS = (
    ("Complete", "Complete"),
    ("Failed", "Failed"),
    ("Terminating", "Terminating"),
    ("Suspended", "Suspended"),
    ("FailureTarget", "FailureTarget"),
    ("SuccessCriteriaMet", "SuccessCriteriaMet"),
)


def _is_true(job: Manifest, kind: str) -> bool:
    conditions = at(job, "status.conditions", ())
    return next((c.get("status") == "True" for c in conditions if c.get("type") == kind), False)


def _last_schedule(cron_job: Manifest, now: datetime) -> str:
    last = at(cron_job, "status.lastScheduleTime")
    return since(last, now) if last else "<none>"


def _suspended(cron_job: Manifest) -> str:
    """As text, though the column says boolean."""
    return str(at(cron_job, "spec.suspend", "<unset>"))


def _controller(revision: Manifest) -> str:
    for owner in at(revision, "metadata.ownerReferences", ()):
        if owner.get("controller"):
            group = owner["apiVersion"].rpartition("/")[0]
            kind = f"{owner['kind']}.{group}" if group else owner["kind"]
            return f"{kind.lower()}/{owner['name']}"
    return "<none>"


_COUNTS = (
    number("Desired", "spec.replicas", "Pods there should be."),
    number("Current", "status.replicas", "Pods there are."),
    number("Ready", "status.readyReplicas", "Pods that are ready."),
    AGE,
    *containers(),
)

WORKLOADS: dict[tuple[str, str], tuple[Column, ...]] = {
    ("", "ReplicationController"): (NAME, *_COUNTS, plain_selector()),
    ("apps", "ReplicaSet"): (NAME, *_COUNTS, selector()),
    ("apps", "Deployment"): (
        NAME,
        text("Ready", shown(_ready), "Ready pods of the pods there should be."),
        text("Up-to-date", field("status.updatedReplicas", 0), "Pods of the present template."),
        text("Available", field("status.availableReplicas", 0), "Pods ready for long enough."),
        AGE,
        *containers(),
        text(
            "Selector",
            shown(lambda obj: selector_text(at(obj, "spec.selector"))),
            "Pods it counts.",
            wide=True,
        ),
    ),
    ("apps", "StatefulSet"): (
        NAME,
        text("Ready", shown(_ready), "Ready pods of the pods there should be."),
        AGE,
        *containers(),
    ),
    ("apps", "DaemonSet"): (
        NAME,
        number("Desired", "status.desiredNumberScheduled", "Nodes that should run its pod."),
        number("Current", "status.currentNumberScheduled", "Nodes that run it."),
        number("Ready", "status.numberReady", "Nodes where it is ready."),
        number("Up-to-date", "status.updatedNumberScheduled", "Nodes with the present template."),
        number("Available", "status.numberAvailable", "Nodes where it is ready for long enough."),
        text(
            "Node Selector",
            shown(lambda obj: format_labels(at(obj, "spec.template.spec.nodeSelector"))),
            "Nodes it is meant for.",
        ),
        AGE,
        *containers(),
        selector(),
    ),
    ("apps", "ControllerRevision"): (
        NAME,
        text("Controller", shown(_controller), "What it is a revision of."),
        text("Revision", field("revision", 0), "Its number."),
        AGE,
    ),
    ("batch", "Job"): (
        NAME,
        text("Status", shown(_job_status), "The state of the job in a word."),
        text("Completions", shown(_completions), "Pods that succeeded, of those that should."),
        text("Duration", _duration, "Time that the job took or has taken so far."),
        AGE,
        *containers(),
        selector(),
    ),
    ("batch", "CronJob"): (
        NAME,
        text("Schedule", "spec.schedule", "When it runs, as in a crontab."),
        text("Timezone", field("spec.timeZone", "<none>"), "The time zone of the schedule."),
        Column("Suspend", shown(_suspended), "Whether it is held.", type="boolean"),
        number("Active", count("status.active"), "Jobs that run now."),
        text("Last Schedule", _last_schedule, "Time since the last run."),
        AGE,
        *containers("spec.jobTemplate.spec.template"),
        selector("spec.jobTemplate.spec.selector"),
    ),
}
