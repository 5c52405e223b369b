"""Schedules of CronJobs: when the last run was due, and when the next one is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim, CronSimError

from trueup.errors import InputError
from trueup.report.times import seconds_of

_NAMED = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}


class Schedule:
    """A cron expression in a time zone; raises InputError for what is neither."""

    def __init__(self, cron_job: Mapping[str, Any]) -> None:
        spec = cron_job["spec"]
        self._text = str(spec["schedule"]).strip()
        self._zone = _zone(spec.get("timeZone") or "")
        self._every: float | None = None
        if self._text.startswith("@every "):
            self._every = max(1.0, seconds_of(self._text.removeprefix("@every ").strip()))
        else:
            self._text = _NAMED.get(self._text, self._text).replace("?", "*")
            self._runs(datetime.now(self._zone))

    def last(self, since: datetime, now: datetime) -> datetime | None:
        """The latest time that was due after ``since`` and not after ``now``."""
        if self._every is not None:
            count = (now - since).total_seconds() // self._every
            return since + timedelta(seconds=count * self._every) if count >= 1 else None
        due = self._runs(now + timedelta(seconds=1), reverse=True)
        found = next(due, None)
        return found.astimezone(UTC) if found and found > since else None

    def next(self, since: datetime, now: datetime) -> datetime | None:
        """The first time that is due after ``now``; None for the 30th of February."""
        if self._every is not None:
            count = (now - since).total_seconds() // self._every + 1
            return since + timedelta(seconds=count * self._every)
        due = next(self._runs(now), None)
        return due.astimezone(UTC) if due else None

    def _runs(self, moment: datetime, *, reverse: bool = False) -> CronSim:
        local = moment.astimezone(self._zone)
        try:
            return CronSim(self._text, local, reverse)
        except CronSimError as error:
            raise InputError(f"unparseable schedule: {self._text}: {error}") from error


def _zone(name: str) -> tzinfo:
    if not name:
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise InputError(f"unknown time zone {name}") from error
