"""What was made of texts, kept for the builds that read the same ones."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar

T = TypeVar("T")

_MISSING: Any = object()


class TextCache(Generic[T]):
    """Remembers what ``make`` returns, for as many texts as have ``limit`` bytes together.

    Two generations: what is used moves into the young one, and when that has half of the bytes it
    becomes the old one, and what was the old one goes. So no lock is needed. A text of more than a
    quarter of ``limit`` is never kept, nor is an error. What comes out is shared: nobody may change it.
    """

    def __init__(self, make: Callable[..., T], limit: int) -> None:
        self._make = make
        self._limit = limit
        self._size = 0
        self._young: dict[Hashable, T] = {}
        self._old: dict[Hashable, T] = {}

    def __call__(self, text: str | bytes, *options: Hashable) -> T:
        key = (text, options)
        for generation in (self._young, self._old):
            found: T = generation.get(key, _MISSING)
            if found is not _MISSING:
                break
        else:
            found = self._make(text, *options)
        if generation is not self._young and len(text) * 4 <= self._limit:
            self._keep(key, len(text), found)
        return found

    def _keep(self, key: Hashable, size: int, made: T) -> None:
        if (self._size + size) * 2 > self._limit:
            self._old, self._young, self._size = self._young, {}, 0
        self._young[key] = made
        self._size += size
