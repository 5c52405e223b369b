"""Times and durations as the API writes them."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from trueup.errors import InputError

_DURATION = re.compile(r"([0-9]+(?:\.[0-9]+)?)(ms|us|µs|ns|s|m|h)")
_SECONDS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}


def timestamp(moment: datetime) -> str:
    """RFC 3339 in UTC with whole seconds, as ``metav1.Time``."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def seconds_of(duration: str, subject: str = "") -> float:
    """Seconds of a Go duration such as ``1m30s``; InputError if it is not one."""
    parts = _DURATION.findall(duration)
    if not parts or "".join(number + unit for number, unit in parts) != duration:
        raise InputError(
            f"{duration!r} is not a duration", subject=subject, next_step="write it like 1m30s"
        )
    return sum(float(number) * _SECONDS[unit] for number, unit in parts)


def duration_of(seconds: float) -> str:
    """A Go duration with milliseconds: ``1m2.345s``, ``120ms``."""
    milliseconds = round(seconds * 1000)
    if milliseconds < 1000:
        return f"{milliseconds}ms"
    minutes, rest = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    text = f"{rest / 1000:.3f}".rstrip("0").rstrip(".") + "s"
    if hours:
        return f"{hours}h{minutes}m{text}"
    return f"{minutes}m{text}" if minutes else text
