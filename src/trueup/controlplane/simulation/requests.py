"""What annotations ask of the simulation: a state to get into, and how long to take."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal, get_args

from trueup.errors import InputError
from trueup.report.times import seconds_of

SIMULATED = "trueup.dev/simulated"
SIMULATE = "trueup.dev/simulate"
SIMULATE_DELAY = "trueup.dev/simulate-delay"

Behaviour = Literal[
    "", "CrashLoopBackOff", "ImagePullBackOff", "Unready", "Fail", "Pending", "SlowStop"
]


def behaviour(obj: Mapping[str, Any]) -> Behaviour:
    """What is asked of ``obj``; empty for the normal course, and for what is not known."""
    asked = (obj["metadata"].get("annotations") or {}).get(SIMULATE, "")
    return asked if asked in get_args(Behaviour) else ""


def delay(obj: Mapping[str, Any]) -> timedelta:
    """How long the next state is to take; nothing where the annotation is not a duration."""
    asked = (obj["metadata"].get("annotations") or {}).get(SIMULATE_DELAY, "")
    try:
        return timedelta(seconds=seconds_of(asked)) if asked else timedelta()
    except InputError:
        return timedelta()


def remaining(obj: Mapping[str, Any], since: datetime, now: datetime) -> float:
    """Seconds until ``obj``'s delay after ``since`` is over; 0 when it is."""
    return max(0.0, (since + delay(obj) - now).total_seconds())


def requests_of(obj: Mapping[str, Any]) -> dict[str, str]:
    """The annotations above that ``obj`` carries, to hand on to what it makes."""
    found = obj["metadata"].get("annotations") or {}
    return {key: found[key] for key in (SIMULATE, SIMULATE_DELAY) if key in found}
