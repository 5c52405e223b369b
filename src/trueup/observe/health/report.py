"""The engine's own words for health, which all dialects share."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from trueup.observe.health.result import Result, Status


class Health(StrEnum):
    """How an object fares, in the engine's words."""

    HEALTHY = "Healthy"
    PROGRESSING = "Progressing"
    DEGRADED = "Degraded"
    SUSPENDED = "Suspended"
    MISSING = "Missing"
    UNKNOWN = "Unknown"


@dataclass(frozen=True, slots=True)
class HealthReport:
    """The health of one object, and why."""

    status: Health
    message: str = ""


_HEALTH = {
    Status.CURRENT: Health.HEALTHY,
    Status.IN_PROGRESS: Health.PROGRESSING,
    Status.TERMINATING: Health.PROGRESSING,
    Status.FAILED: Health.DEGRADED,
    Status.NOT_FOUND: Health.MISSING,
    Status.UNKNOWN: Health.UNKNOWN,
}


def report(result: Result) -> HealthReport:
    """``result`` in the engine's words; an object that is going away is progressing."""
    return HealthReport(_HEALTH[result.status], result.message)
