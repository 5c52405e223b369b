"""kstatus' rules for Pods."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from trueup.errors import InputError
from trueup.observe.health import fields
from trueup.observe.health.result import Result, current, failed, in_progress

_SCHEDULE_WINDOW: Final = timedelta(seconds=15)
"""How long a Pod may stay unscheduled before that counts as failure."""

_RFC3339: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d([.,]\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII)


def pod(obj: Mapping[str, Any], now: datetime) -> Result:
    conditions = fields.conditions(obj)
    match fields.text_or(obj, "status.phase"):
        case "Succeeded":
            return current("Pod has completed successfully")
        case "Failed":
            return current("Pod has completed, but not successfully")
        case "Running":
            return _running(obj, conditions)
        case "Pending":
            return _pending(obj, conditions, now)
        case "":
            return in_progress("Pod phase not available")
        case phase:
            raise InputError(f"unknown phase {phase}")


def _running(obj: Mapping[str, Any], conditions: list[fields.Condition]) -> Result:
    if any(condition[:2] == ("Ready", "True") for condition in conditions):
        return current("Pod is Ready")
    crashing = _crash_looping(obj)
    if crashing:
        return failed(f"Containers in CrashLoop state: {','.join(crashing)}")
    return in_progress("Pod is running but is not Ready")


def _pending(obj: Mapping[str, Any], conditions: list[fields.Condition], now: datetime) -> Result:
    scheduled = next((c for c in conditions if c[:2] == ("PodScheduled", "False")), None)
    if scheduled is None or scheduled.reason != "Unschedulable":
        return in_progress("Pod is in the Pending phase")
    created = _created(obj)
    if created is not None and now - _SCHEDULE_WINDOW < created:
        return in_progress("Pod has not been scheduled")
    return failed("Pod could not be scheduled")


def _crash_looping(obj: Mapping[str, Any]) -> list[str]:
    """Names of the containers that wait in CrashLoopBackOff."""
    names = []
    for item in fields.items(obj, "status.containerStatuses"):
        found = _waiting(item)
        if found is not None and found[1] == "CrashLoopBackOff":
            names.append(found[0])
    return names


def _waiting(item: object) -> tuple[str, str] | None:
    """Name and waiting reason of one container status, None if one of them is absent."""
    path = "status.containerStatuses[]"
    container = fields.expect_map(path, item)
    if "name" not in container:
        return None
    name = fields.expect_text(f"{path}.name", container["name"])
    value: Mapping[str, Any] = container
    for step in ("state", "waiting"):
        if step not in value:
            return None
        path = f"{path}.{step}"
        value = fields.expect_map(path, value[step])
    if "reason" not in value:
        return None
    return name, fields.expect_text(f"{path}.reason", value["reason"])


def _created(obj: Mapping[str, Any]) -> datetime | None:
    text = fields.text_or(obj, "metadata.creationTimestamp")
    if not _RFC3339.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text.replace(",", ".")).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
