"""Remembering what functions of a text return, without keeping large texts for ever."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar

T = TypeVar("T")

SHORT = 256
"""Characters. Most scalars have fewer; what has more is worked out each time."""


def memo(maxsize: int) -> Callable[[Callable[[str], T]], Callable[[str], T]]:
    """``functools.lru_cache`` for functions of one text, of which only short ones are kept."""

    def decorate(function: Callable[[str], T]) -> Callable[[str], T]:
        remembered = lru_cache(maxsize)(function)

        @wraps(function)
        def call(text: str) -> T:
            return remembered(text) if len(text) <= SHORT else function(text)

        return call

    return decorate
