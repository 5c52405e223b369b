"""Who keeps changing what we correct: backing off, and naming the other side.

The first correction is made at once. When the same object drifts again soon, the next correction
waits longer each time, so that two controllers that disagree do not spin.
"""

from __future__ import annotations

from dataclasses import dataclass

from trueup.objects import ObjectRef

QUIET_SECONDS = 600.0
"""After so long without drift, a next one counts as the first again."""

_FREE = 2
"""Corrections that are made at once before back-off begins."""
_FIRST, _MOST = 1.0, 300.0
_MOST_ROUNDS = 30
"""From here on the wait is the longest anyway; a fight may go on for months."""


@dataclass(slots=True)
class _Bout:
    corrections: int
    last: float


class Fights:
    """Counts corrections per object. Times are in seconds of any steady clock."""

    def __init__(self) -> None:
        self._bouts: dict[ObjectRef, _Bout] = {}

    def wait(self, ref: ObjectRef, now: float) -> float:
        """Seconds until ``ref`` may be corrected again; 0: now."""
        bout = self._bouts.get(ref)
        if bout is None or now - bout.last > QUIET_SECONDS:
            return 0
        rounds = min(bout.corrections - _FREE, _MOST_ROUNDS)
        if rounds < 0:
            return 0
        return max(0.0, bout.last + min(_MOST, _FIRST * 2.0**rounds) - now)

    def corrected(self, ref: ObjectRef, now: float) -> int:
        """Note a correction; returns how many there have been in this bout."""
        bout = self._bouts.get(ref)
        if bout is None or now - bout.last > QUIET_SECONDS:
            bout = self._bouts[ref] = _Bout(0, now)
        bout.corrections += 1
        bout.last = now
        return bout.corrections

    def forget(self, ref: ObjectRef) -> None:
        self._bouts.pop(ref, None)
