"""What a check found, one by one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad it is."""

    OK = "OK"
    WARNING = "Warning"
    FAILED = "Failed"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. ``next_step`` is what to do about it, if anything."""

    subject: str
    level: Level
    message: str
    next_step: str = ""

    def __str__(self) -> str:
        text = f"{self.subject}: {self.message}"
        return f"{text}; {self.next_step}" if self.next_step else text

    def to_json(self) -> dict[str, str]:
        """As a program reads it."""
        return {
            "subject": self.subject,
            "level": self.level.value,
            "message": self.message,
            "nextStep": self.next_step,
        }


def ok(subject: object, message: str) -> Finding:
    """It is as it should be."""
    return Finding(str(subject), Level.OK, message)


def warning(subject: object, message: str, next_step: str = "") -> Finding:
    """It works, but somebody should know."""
    return Finding(str(subject), Level.WARNING, message, next_step)


def failed(subject: object, message: str, next_step: str = "") -> Finding:
    """It does not work so."""
    return Finding(str(subject), Level.FAILED, message, next_step)
