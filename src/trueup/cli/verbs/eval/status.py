"""Rule ``status``: the status of one object, by kstatus or by Flux's reader for Jobs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from trueup.cli.verbs.eval.fields import mapping
from trueup.errors import InputError
from trueup.observe.health import Status, jobs, kstatus


def evaluate(case: dict[str, Any]) -> dict[str, Any]:
    """``{reader: kstatus|flux-job, object}`` -> ``{status}``; an object that is null is not found."""
    reader = case.get("reader")
    if reader not in ("kstatus", "flux-job"):
        raise InputError(f"no reader '{reader or ''}'", next_step="use kstatus or flux-job")
    if "object" not in case:
        raise InputError("object is missing", next_step="give the object, or null for none")
    if case["object"] is None:
        return {"status": Status.NOT_FOUND.value}
    obj = mapping(case, "object")
    found = jobs.flux_job(obj) if reader == "flux-job" else kstatus.compute(obj, datetime.now(UTC))
    return {"status": found.status.value}
