"""What came of one change."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from trueup.errors import TrueupError
from trueup.objects import Manifest, ObjectRef
from trueup.observe.drift import Author
from trueup.plan.decide import Cause, Remembered
from trueup.plan.diff import FieldChange


class Done(StrEnum):
    """What became of one object, in the words that people see."""

    CREATED = "created"
    CONFIGURED = "configured"
    UNCHANGED = "unchanged"
    DELETED = "deleted"
    SKIPPED = "skipped"
    WAITING = "waiting"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Outcome:
    """``remembered`` is what the record must hold of the object from now on, if it was applied."""

    ref: ObjectRef
    done: Done
    cause: Cause | None = None
    reason: str = ""
    error: TrueupError | None = None
    remembered: Remembered | None = None
    drifted: tuple[FieldChange, ...] = ()
    authors: tuple[Author, ...] = ()
    recreated: bool = False
    observed: Manifest | None = field(default=None, compare=False, repr=False)
    """The live object as the server last showed it, so that nobody need wait for the watch."""

    @property
    def is_drift(self) -> bool:
        return self.cause is not None and self.cause.is_drift
