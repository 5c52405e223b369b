"""What a schema found in a value: complaints, and how much of it fitted."""

from __future__ import annotations

from collections.abc import Iterator

from trueup.controlplane.validation.causes import Cause


class Result:
    """``matches`` counts what fitted: of several alternatives the closest one is reported."""

    def __init__(self, *causes: Cause) -> None:
        self.causes: list[Cause] = list(causes)
        self.matches = 0

    @property
    def is_valid(self) -> bool:
        return not self.causes

    def add(self, *causes: Cause) -> None:
        """Each complaint counts once."""
        self.causes += (cause for cause in causes if cause not in self.causes)

    def merge(self, other: Result | None) -> None:
        if other is not None:
            self.add(*other.causes)
            self.matches += other.matches

    def merge_all(self, others: Iterator[Result | None]) -> None:
        """Merge the findings of one check after the other; each that ran counts."""
        for other in others:
            self.merge(other)
            self.matches += 1
