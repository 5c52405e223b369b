"""The time, as an argument: tests give one that they move by hand."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Where the simulation reads the time."""

    def now(self) -> datetime:
        """The wall clock, in UTC."""
        ...

    def seconds(self) -> float:
        """Steady seconds, for waits."""
        ...
