"""Where a rendered object is written."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Origin:
    """``document`` counts from 1, 0 where it is not known; ``within`` leads to an item of a list."""

    file: str
    document: int = 0
    within: tuple[str | int, ...] = ()
