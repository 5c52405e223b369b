"""Durations for people, in the two or three significant figures that Kubernetes shows."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_YEAR = 365


def human_duration(duration: timedelta) -> str:
    """``42s``, ``5m3s``, ``7h12m``, ``3d4h``, ``2y10d``: the format of HumanDuration.

    A little in the future is ``0s``, more than that ``<invalid>``, since clocks differ.
    """
    total = duration.total_seconds()
    seconds = int(total)
    if seconds < -1:
        return "<invalid>"
    if seconds < 2 * _MINUTE:
        return f"{max(seconds, 0)}s"
    if seconds < 3 * _HOUR:
        precise = seconds < 10 * _MINUTE
        return _two(seconds // _MINUTE, "m", seconds % _MINUTE if precise else 0, "s")
    hours = seconds // _HOUR
    if hours < 48:
        return _two(hours, "h", seconds // _MINUTE % 60 if hours < 8 else 0, "m")
    days = hours // 24
    if days < 2 * _YEAR:
        return _two(days, "d", hours % 24 if days < 8 else 0, "h")
    return _two(days // _YEAR, "y", days % _YEAR if days < 8 * _YEAR else 0, "d")


def _two(large: int, large_unit: str, small: int, small_unit: str) -> str:
    return f"{large}{large_unit}{small}{small_unit}" if small else f"{large}{large_unit}"


def since(timestamp: Any, now: datetime) -> str:
    """The age of an API timestamp, or ``<unknown>`` if there is none."""
    return human_duration(now - datetime.fromisoformat(timestamp)) if timestamp else "<unknown>"
