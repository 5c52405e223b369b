"""How far a delivery came: what its dialect turns into a status."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from trueup.errors import printable

_LONG_WORD = re.compile(r"\S{300,}")


class Phase(StrEnum):
    """How far a delivery has come."""

    PROGRESSING = "progressing"
    """Work has begun and is not done."""
    HANDING_OVER = "handing over"
    """Everything is applied; others may yet want what is to be deleted."""
    CHECKING = "checking"
    """Everything is applied; its health is waited for."""
    APPLIED = "applied"
    """Everything is live."""
    FAILED = "failed"
    """It could not be made live; it is tried again."""
    STALLED = "stalled"
    """It cannot be made live until somebody changes the resource."""


class Trouble(StrEnum):
    """What stands in the way of a delivery."""

    NONE = ""
    SPEC = "the resource itself"
    ACCESS = "a reference that is not allowed"
    EXPRESSION = "an expression"
    SOURCE = "the source"
    DEPENDENCY = "a dependency"
    BUILD = "rendering"
    APPLY = "applying"
    PRUNE = "pruning"
    HEALTH = "health"


@dataclass(frozen=True, slots=True)
class Attempt:
    """What is being made live. ``now`` is an RFC 3339 time."""

    generation: int
    revision: str
    origin_revision: str
    requested_at: str
    now: str


@dataclass(frozen=True, slots=True)
class Report:
    """One look at a delivery. Times are in seconds."""

    phase: Phase
    attempt: Attempt
    message: str = ""
    trouble: Trouble = Trouble.NONE
    timeout: float = 0
    """How long health is waited for."""
    healthy_after: float | None = None
    """How long health took; None if none was asked for."""
    next_run: float = 0
    """When it is looked at again though nothing changed."""

    @classmethod
    def failed(cls, attempt: Attempt, trouble: Trouble, message: str) -> Report:
        return cls(Phase.FAILED, attempt, _readable(message), trouble)

    @classmethod
    def stalled(cls, attempt: Attempt, trouble: Trouble, message: str) -> Report:
        return cls(Phase.STALLED, attempt, _readable(message), trouble)


def _readable(message: str) -> str:
    """``message`` for a person: of endless words, be they names or values, only the ends."""
    shorter = _LONG_WORD.sub(lambda word: f"{word[0][:120]}…{word[0][-20:]}", message)
    return printable(shorter)
