"""A bounded queue of changes between the store and one reader."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from trueup.controlplane.store.entry import Change

_LIMIT = 10_000
"""Changes that may wait for a reader; one that falls further behind is closed, and lists again."""


class Watch:
    """Changes to the keys of a bucket that start with ``prefix``, in the order of revisions."""

    def __init__(self, prefix: str, limit: int = _LIMIT) -> None:
        self.prefix = prefix
        self.closed = False
        self.overflowed = False
        """Whether it was closed because its reader was too slow."""
        self._limit = limit
        self._changes: list[Change] = []
        self._ready = asyncio.Event()

    def offer(self, change: Change) -> None:
        """Take ``change`` if it concerns this reader; close when the reader is too slow."""
        if self.closed or not change.key.startswith(self.prefix):
            return
        if len(self._changes) >= self._limit:
            self.overflowed = True
            self._changes.clear()
            self.close()
            return
        self._changes.append(change)
        self._ready.set()

    def preload(self, changes: Iterable[Change]) -> None:
        """Changes that happened before the watch began; they do not count against the limit."""
        self._changes.extend(change for change in changes if change.key.startswith(self.prefix))
        if self._changes:
            self._ready.set()

    def close(self) -> None:
        self.closed = True
        self._ready.set()

    def take_nowait(self) -> list[Change]:
        """All waiting changes."""
        changes, self._changes = self._changes, []
        if not self.closed:
            self._ready.clear()
        return changes

    async def wait_changes(self, seconds: float | None) -> list[Change]:
        """All waiting changes; empty after ``seconds`` without one, and when closed."""
        if not self._ready.is_set():
            try:
                async with asyncio.timeout(seconds):
                    await self._ready.wait()
            except TimeoutError:
                return []
        return self.take_nowait()
