"""Times, revisions and counts in the words that kubectl and Flux use."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

_HEX = re.compile(r"\b[a-f0-9]{40,128}\b")
_MINUTE, _HOUR, _DAY, _YEAR = 60, 3600, 86400, 365 * 86400


def short_hex(text: str) -> str:
    """Every digest in ``text`` (SHA-1 to SHA-512) cut to 8 characters, as Flux shows them."""
    return _HEX.sub(lambda found: found.group()[:8], text)


def parse_time(text: str) -> datetime | None:
    """An RFC 3339 time; None if it is not one."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def age(text: str, now: datetime | None = None) -> str:
    """How long ago a time was, or ``<unknown>``."""
    then = parse_time(text)
    if then is None:
        return "<unknown>"
    return human_duration((now or datetime.now(UTC)) - then)


def human_duration(duration: timedelta) -> str:
    """As kubectl's AGE column: two units at most, fewer as the time grows."""
    seconds = int(duration.total_seconds())
    if seconds < 0:
        return "0s"
    if seconds < 2 * _MINUTE:
        return f"{seconds}s"
    if seconds < 10 * _MINUTE:
        return _two(seconds, _MINUTE, "m", 1, "s")
    if seconds < 3 * _HOUR:
        return f"{seconds // _MINUTE}m"
    if seconds < 8 * _HOUR:
        return _two(seconds, _HOUR, "h", _MINUTE, "m")
    if seconds < 2 * _DAY:
        return f"{seconds // _HOUR}h"
    if seconds < 8 * _DAY:
        return _two(seconds, _DAY, "d", _HOUR, "h")
    if seconds < 2 * _YEAR:
        return f"{seconds // _DAY}d"
    if seconds < 8 * _YEAR:
        return _two(seconds, _YEAR, "y", _DAY, "d")
    return f"{seconds // _YEAR}y"


def _two(seconds: int, large: int, large_unit: str, small: int, small_unit: str) -> str:
    rest = seconds % large // small
    return f"{seconds // large}{large_unit}" + (f"{rest}{small_unit}" if rest else "")


def counts(numbers: Mapping[str, int]) -> str:
    """``2 created, 1 configured``; what is zero is left out."""
    return ", ".join(f"{number} {word}" for word, number in numbers.items() if number)
