"""A queue of keys: each is worked on by one worker at a time, however often it is added.

The contract is level-triggered: a key says "look again", never what happened. A key that is
added while a worker has it comes back when that worker is done; a key that waits for a later
time comes at once when it is added again.
"""

from __future__ import annotations

import asyncio
import heapq
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)

log = logging.getLogger(__name__)


class Backoff(Generic[Key]):
    """Seconds to wait after each failure in a row of a key, doubling up to ``most``."""

    def __init__(self, *, first: float = 0.1, most: float = 300.0) -> None:
        self._first = first
        self._most = most
        self._failures: dict[Key, int] = {}

    def failed(self, key: Key) -> float:
        """Count a failure and return the seconds to wait."""
        count = self._failures.get(key, 0)
        self._failures[key] = count + 1
        return min(self._most, self._first * 2.0 ** min(count, 30))

    def succeeded(self, key: Key) -> None:
        self._failures.pop(key, None)


class WorkQueue(Generic[Key]):
    """Keys due now or later. ``now`` is the clock in seconds, the event loop's by default."""

    def __init__(self, now: Callable[[], float] | None = None) -> None:
        self._now = now or (lambda: asyncio.get_running_loop().time())
        self._ready: deque[Key] = deque()
        self._queued: set[Key] = set()
        self._active: set[Key] = set()
        self._again: set[Key] = set()
        self._due: dict[Key, float] = {}
        self._heap: list[tuple[float, int, Key]] = []
        self._sequence = 0
        self._backoff: Backoff[Key] = Backoff()
        self._changed = asyncio.Event()

    def add(self, key: Key) -> None:
        """Work on ``key`` as soon as a worker is free."""
        self._due.pop(key, None)
        if key in self._active:
            self._again.add(key)
        elif key not in self._queued:
            self._queued.add(key)
            self._ready.append(key)
        self._changed.set()

    def add_after(self, key: Key, seconds: float) -> None:
        """Work on ``key`` in ``seconds``, or earlier if it is already due earlier."""
        if seconds <= 0:
            self.add(key)
            return
        at = self._now() + seconds
        if key in self._queued or key in self._again or self._due.get(key, at + 1) <= at:
            return
        self._due[key] = at
        self._sequence += 1
        heapq.heappush(self._heap, (at, self._sequence, key))
        self._changed.set()

    def wake(self) -> None:
        """Look at the clock anew: somebody moved it."""
        self._changed.set()

    def cancel(self, key: Key) -> None:
        """Forget a later time that was set for ``key``."""
        self._due.pop(key, None)

    def __len__(self) -> int:
        """Keys that are due or being worked on; those waiting for a later time do not count."""
        return len(self._ready) + len(self._active)

    def __contains__(self, key: object) -> bool:
        """Whether ``key`` is due or being worked on."""
        return key in self._queued or key in self._active

    async def get(self) -> Key:
        """The next due key; give it back with ``done``."""
        while True:
            self._promote()
            if self._ready:
                key = self._ready.popleft()
                self._queued.discard(key)
                self._active.add(key)
                return key
            self._changed.clear()
            await self._wait_for_change()

    def done(self, key: Key) -> None:
        self._active.discard(key)
        if key in self._again:
            self._again.discard(key)
            self.add(key)

    async def run(
        self, reconcile: Callable[[Key], Awaitable[float | None]], *, workers: int = 4
    ) -> None:
        """Work on keys for ever. ``reconcile`` returns seconds until it wants the key back.

        An exception is logged and the key retried with backoff; other keys go on.
        """
        async with asyncio.TaskGroup() as group:
            for _ in range(workers):
                group.create_task(self._work(reconcile))

    async def _work(self, reconcile: Callable[[Key], Awaitable[float | None]]) -> None:
        while True:
            key = await self.get()
            try:
                again = await reconcile(key)
            except Exception as error:
                delay = self._backoff.failed(key)
                log.warning("reconcile of %s failed, again in %.1f s: %s", key, delay, error)
                log.debug("reconcile of %s failed", key, exc_info=error)
                self.add_after(key, delay)
            else:
                self._backoff.succeeded(key)
                if again is not None:
                    self.add_after(key, again)
            finally:
                self.done(key)

    def _promote(self) -> None:
        now = self._now()
        while self._heap and self._heap[0][0] <= now:
            at, _, key = heapq.heappop(self._heap)
            if self._due.get(key) == at:
                self.add(key)

    async def _wait_for_change(self) -> None:
        delay = self._heap[0][0] - self._now() if self._heap else None
        try:
            async with asyncio.timeout(delay):
                await self._changed.wait()
        except TimeoutError:
            return
