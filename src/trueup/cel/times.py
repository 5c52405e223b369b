"""Timestamps and durations: text, calendar fields, and the functions on them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from trueup.cel.numbers import plain
from trueup.cel.operators import duration, timestamp
from trueup.cel.registry import function
from trueup.cel.values import Duration, EvaluationError, Timestamp

_SECOND: Final = 10**9
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_RFC3339: Final = re.compile(
    r"(\d{4}-\d\d-\d\d)T(\d\d?:\d\d:\d\d)(?:[.,](\d+))?(?:Z|([+-])(\d\d):(\d\d))", re.ASCII
)
_OFFSET: Final = re.compile(r"([+-]?\d{1,9}):([+-]?\d{1,9})", re.ASCII)
_UTC_NAMES: Final = frozenset({"", "UTC", "Local"})
_UNITS: Final = {
    "ns": 1,
    "us": 10**3,
    "µs": 10**3,
    "μs": 10**3,
    "ms": 10**6,
    "s": _SECOND,
    "m": 60 * _SECOND,
    "h": 3600 * _SECOND,
}
_PART: Final = re.compile(r"(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)", re.ASCII)


def parse_timestamp(text: str) -> Timestamp:
    """RFC 3339 with up to nanoseconds; more digits are cut off."""
    match = _RFC3339.fullmatch(text)
    if match is None:
        raise EvaluationError(f"{text!r} is no RFC 3339 timestamp")
    day, clock, fraction, sign, hours, minutes = match.groups()
    offset = (int(hours or 0) * 3600 + int(minutes or 0) * 60) * (-1 if sign == "-" else 1)
    if int(hours or 0) > 24 or int(minutes or 0) > 60:
        raise EvaluationError(f"{text!r} has an invalid time zone offset")
    try:
        moment = datetime.fromisoformat(f"{day}T{clock:0>8}+00:00")
    except ValueError as error:
        raise EvaluationError(f"{text!r}: {error}") from error
    nanoseconds = int((fraction or "0")[:9].ljust(9, "0"))
    seconds = (moment - _EPOCH) // timedelta(seconds=1) - offset
    return timestamp(seconds * _SECOND + nanoseconds, offset)


def parse_duration(text: str) -> Duration:
    """Go's notation: ``1h30m``, ``-1.5s``, ``0``."""
    sign, rest = (-1 if text[:1] == "-" else 1), text[text[:1] in {"-", "+"} and bool(text) :]
    if rest == "0":
        return Duration(0)
    total, at = 0, 0
    while rest and at < len(rest):
        match = _PART.match(rest, at)
        if match is None or not (match[1] or match[2]):
            raise EvaluationError(f"{text!r} is no duration")
        unit = _UNITS[match[3]]
        fraction = match[2] or ""
        total += int(match[1] or 0) * unit + int(fraction or 0) * unit // 10 ** len(fraction)
        at = match.end()
    if not rest:
        raise EvaluationError(f"{text!r} is no duration")
    return duration(sign * total)


def format_timestamp(value: Timestamp) -> str:
    """RFC 3339, in the zone that the timestamp was written in."""
    seconds, nanoseconds = divmod(value.nanoseconds, _SECOND)
    try:
        moment = _EPOCH + timedelta(seconds=seconds + value.offset)
    except OverflowError as error:
        raise EvaluationError(f"timestamp overflow: {error}") from error
    fraction = f".{nanoseconds:09}".rstrip("0") if nanoseconds else ""
    hours, minutes = divmod(abs(value.offset) // 60, 60)
    zone = f"{'-' if value.offset < 0 else '+'}{hours:02}:{minutes:02}" if value.offset else "Z"
    return f"{moment.replace(tzinfo=None).isoformat(timespec='seconds')}{fraction}{zone}"


def format_duration(value: Duration) -> str:
    """Seconds: ``3600s``, ``1.5s``."""
    whole, rest = divmod(abs(value.nanoseconds), _SECOND)
    seconds = whole + rest / 1e9
    return f"{plain(-seconds if value.nanoseconds < 0 else seconds)}s"


def _local(value: Timestamp, zone: str) -> datetime:
    """The moment as a clock in ``zone`` shows it: ``Europe/Rome``, ``+05:30``, ``UTC``."""
    try:
        moment = _EPOCH + timedelta(microseconds=value.nanoseconds // 1000)
        offset = _OFFSET.fullmatch(zone)
        if offset:
            minutes = int(offset[2]) * (-1 if zone[0] == "-" else 1)
            return moment + timedelta(hours=int(offset[1]), minutes=minutes)
        return moment if zone in _UTC_NAMES else moment.astimezone(ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError, OSError, OverflowError) as error:
        raise EvaluationError(f"time zone {zone!r}: {error}") from error


_FIELDS: Final[dict[str, Callable[[datetime], int]]] = {
    "getFullYear": lambda moment: moment.year,
    "getMonth": lambda moment: moment.month - 1,
    "getDate": lambda moment: moment.day,
    "getDayOfMonth": lambda moment: moment.day - 1,
    "getDayOfYear": lambda moment: moment.timetuple().tm_yday - 1,
    "getDayOfWeek": lambda moment: moment.isoweekday() % 7,
    "getHours": lambda moment: moment.hour,
    "getMinutes": lambda moment: moment.minute,
    "getSeconds": lambda moment: moment.second,
    "getMilliseconds": lambda moment: moment.microsecond // 1000,
}


def _field(name: str, read: Callable[[datetime], int]) -> None:
    @function("standard", name, "timestamp.() -> int", "timestamp.(string) -> int")
    def field(value: Timestamp, zone: str = "UTC") -> int:
        return read(_local(value, zone))


for _name, _read in _FIELDS.items():
    _field(_name, _read)


def _whole(value: int, unit: int) -> int:
    return value // unit if value >= 0 else -(-value // unit)


@function("standard", "getHours", "duration.() -> int")
def hours(value: Duration) -> int:
    return _whole(value.nanoseconds, 3600 * _SECOND)


@function("standard", "getMinutes", "duration.() -> int")
def minutes(value: Duration) -> int:
    return _whole(value.nanoseconds, 60 * _SECOND)


@function("standard", "getSeconds", "duration.() -> int")
def seconds(value: Duration) -> int:
    return _whole(value.nanoseconds, _SECOND)


@function("standard", "getMilliseconds", "duration.() -> int")
def milliseconds(value: Duration) -> int:
    return _whole(value.nanoseconds, 10**6)
