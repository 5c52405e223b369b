"""The time, as an argument: tests give one that they move by hand."""

from __future__ import annotations

import time
from datetime import UTC, datetime


class Clock:
    """The time; tests have one that they move by hand."""

    def now(self) -> datetime:
        """The wall clock, in UTC: for what people read."""
        return datetime.now(UTC)

    def seconds(self) -> float:
        """Steady seconds: for waits, which a changed wall clock must not touch."""
        return time.monotonic()
