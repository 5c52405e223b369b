"""Rule ``status``: the status of one object, by kstatus or by Flux's reader for Jobs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from trueup.errors import InputError
from trueup.observe.health import jobs, kstatus


def evaluate(case: dict[str, Any]) -> dict[str, Any]:
    """``{reader: kstatus|flux-job, object}`` -> ``{status}``."""
    obj = case.get("object")
    if not isinstance(obj, dict):
        raise InputError("object is not a map")
    match case.get("reader"):
        case "kstatus":
            result = kstatus.compute(obj, datetime.now(UTC))
        case "flux-job":
            result = jobs.flux_job(obj)
        case other:
            raise InputError(f"no reader {other!r}", next_step="use kstatus or flux-job")
    return {"status": result.status.value}
