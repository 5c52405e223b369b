"""The rules for Jobs: kstatus' own, and those that Flux puts in their place.

They differ on a Job that runs: kstatus is content with that, Flux waits for its end
(github.com/fluxcd/pkg/runtime/statusreaders).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trueup.errors import InputError
from trueup.observe.health import fields
from trueup.observe.health.result import Result, Status, current, failed, in_progress


def job(obj: Mapping[str, Any]) -> Result:
    """kstatus: progressing until it starts, then current, whether it runs or has completed."""
    finished = _finished(obj)
    if finished is not None:
        return finished
    if not fields.text_or(obj, "status.startTime"):
        return in_progress("Job not started")
    return current(_progress(obj))


def flux_job(obj: Mapping[str, Any]) -> Result:
    """Flux: current only when completed or suspended; a malformed one is of unknown status.

    Flux asks none of the general questions here (deletion, generation, Stalled).
    """
    if _suspended(obj):
        return current("Job is suspended")
    try:
        finished = _finished(obj)
    except InputError as error:
        return Result(Status.UNKNOWN, f"Failed to compute job status: {error}")
    if finished is not None:
        return finished
    if not fields.text_or(obj, "status.startTime"):
        parallelism = fields.number_or(obj, "spec.parallelism", 1)
        return in_progress(f"Job not started. active: 0/{parallelism}")
    return in_progress(_progress(obj))


def _finished(obj: Mapping[str, Any]) -> Result | None:
    completions = fields.number_or(
        obj, "spec.completions", fields.number_or(obj, "spec.parallelism", 1)
    )
    for condition in fields.conditions(obj):
        if condition[:2] == ("Complete", "True"):
            succeeded = fields.number_or(obj, "status.succeeded", 0)
            return current(f"Job Completed. succeeded: {succeeded}/{completions}")
        if condition[:2] == ("Failed", "True"):
            failures = fields.number_or(obj, "status.failed", 0)
            return failed(f"Job Failed. failed: {failures}/{completions}")
    return None


def _progress(obj: Mapping[str, Any]) -> str:
    succeeded, active, failures = (
        fields.number_or(obj, f"status.{name}", 0) for name in ("succeeded", "active", "failed")
    )
    return f"Job in progress. success:{succeeded}, active: {active}, failed: {failures}"


def _suspended(obj: Mapping[str, Any]) -> bool:
    spec = obj.get("spec")
    return isinstance(spec, Mapping) and spec.get("suspend") is True
