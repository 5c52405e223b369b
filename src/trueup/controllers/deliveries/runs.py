"""What is remembered of a delivery between two looks at it, while one thing is made live."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from trueup.apply import Done, Gates, Outcome
from trueup.objects import ObjectRef

Key = tuple[int, str, str, str]
"""Generation, revision, request, digest of the rendering: what is being made live."""

_NOTABLE = (Done.CREATED, Done.CONFIGURED, Done.DELETED, Done.FAILED)


@dataclass
class Run:
    """The way of one key from the first look to the last; lost with the process."""

    key: Key
    started: datetime
    since: float
    """Steady seconds."""
    cause: str
    gates: Gates = field(default_factory=Gates)
    notable: dict[ObjectRef, Outcome] = field(default_factory=dict)
    """The latest outcome of each object that was written, or could not be."""
    announced: bool = False
    """Whether it was said that this is being made live: a retry says it no more."""
    forbidden: set[ObjectRef] = field(default_factory=set)
    """What the identity that acts was not allowed to write at the latest attempt."""
    unhealthy_since: float | None = None
    gave_up: str = ""
    """What was said when health did not come in time: that stays so until the health does."""

    def note(self, outcomes: Iterable[Outcome]) -> None:
        for outcome in outcomes:
            if outcome.done in _NOTABLE:
                self.notable[outcome.ref] = outcome
            elif outcome.done is Done.UNCHANGED and self._failed(outcome.ref):
                del self.notable[outcome.ref]

    def _failed(self, ref: ObjectRef) -> bool:
        known = self.notable.get(ref)
        return known is not None and known.done is Done.FAILED

    @property
    def written(self) -> list[Outcome]:
        return [outcome for outcome in self.notable.values() if outcome.done is not Done.FAILED]
