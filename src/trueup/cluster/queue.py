"""A queue of keys: each is worked on by one worker at a time, however often it is added.

The contract is level-triggered: a key says "look again", never what happened. A key that is
added while a worker has it comes back when that worker is done; a key that waits for a later
time comes at once when it is added again.
"""

from __future__ import annotations

import asyncio
import heapq
import logging
import random
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

from trueup.errors import TrueupError, place_of

Key = TypeVar("Key", bound=Hashable)

log = logging.getLogger(__name__)

_WORKERS_BEHIND = 4
"""Workers for what was added behind."""

_OVERTAKEN = 64
"""Later times that may be kept although something came before them."""

_RETRY_SPACING = 0.05
"""Seconds between retries of all keys together: when nothing works, all of them fail at once."""

_JITTER = 0.8
"""The least share of a wait; chance decides about the rest, so that replicas do not march in step."""


class Backoff(Generic[Key]):
    """Seconds to wait after each failure in a row of a key, doubling up to ``most``, less a jitter."""

    def __init__(self, *, first: float = 0.1, most: float = 60.0) -> None:
        self._first = first
        self._most = most
        self._failures: dict[Key, int] = {}

    def failed(self, key: Key) -> float:
        """Count a failure and return the seconds to wait."""
        count = self._failures.get(key, 0)
        self._failures[key] = count + 1
        seconds = min(self._most, self._first * 2.0 ** min(count, 30))
        return seconds * random.uniform(_JITTER, 1)  # noqa: S311 - no secret

    def succeeded(self, key: Key) -> None:
        self._failures.pop(key, None)


class _Lane(Generic[Key]):
    """Keys in the order in which they came, each once. One waiting worker wakes for one key."""

    def __init__(self) -> None:
        self._keys: OrderedDict[Key, None] = OrderedDict()
        self._offers = asyncio.Semaphore(0)

    def __contains__(self, key: object) -> bool:
        return key in self._keys

    def __len__(self) -> int:
        return len(self._keys)

    def put(self, key: Key) -> None:
        if key not in self._keys:
            self._keys[key] = None
            self._offers.release()

    def drop(self, key: Key) -> None:
        self._keys.pop(key, None)

    async def take(self) -> Key:
        await self._offers.acquire()
        while not self._keys:  # what was offered has been dropped
            await self._offers.acquire()
        return self._keys.popitem(last=False)[0]


class WorkQueue(Generic[Key]):
    """Keys due now or later. ``now`` is the clock in seconds, the event loop's by default."""

    def __init__(self, now: Callable[[], float] | None = None) -> None:
        self._now = now or (lambda: asyncio.get_running_loop().time())
        self._ready: _Lane[Key] = _Lane()
        self._behind: _Lane[Key] = _Lane()
        self._active: set[Key] = set()
        self._again: set[Key] = set()
        self._due: dict[Key, tuple[float, int]] = {}
        self._heap: list[tuple[float, int, Key]] = []
        self._sequence = 0
        self._backoff: Backoff[Key] = Backoff()
        self._next_retry = 0.0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._timer_at = 0.0

    def add(self, key: Key) -> None:
        """Work on ``key`` as soon as a worker is free."""
        self._due.pop(key, None)
        if key in self._active:
            self._again.add(key)
        else:
            self._behind.drop(key)
            self._ready.put(key)

    def add_behind(self, key: Key) -> None:
        """Work on ``key`` soon, by few workers, so that what matters more is not held up."""
        if key in self._active or key in self._ready:
            self.add(key)
        else:
            self._due.pop(key, None)
            self._behind.put(key)

    def add_after(self, key: Key, seconds: float) -> None:
        """Work on ``key`` in ``seconds``, or earlier if it is already due earlier."""
        if seconds <= 0:
            self.add(key)
            return
        at = self._now() + seconds
        if self._is_queued(key) or key in self._again or self._due.get(key, (at + 1,))[0] <= at:
            return
        self._sequence += 1
        self._due[key] = (at, self._sequence)
        heapq.heappush(self._heap, (at, self._sequence, key))
        self._forget_overtaken()
        self._set_timer()

    def wake(self) -> None:
        """Look at the clock anew: somebody moved it."""
        self._promote()

    def cancel(self, key: Key) -> None:
        """Forget a later time that was set for ``key``."""
        self._due.pop(key, None)

    def __len__(self) -> int:
        """Keys that are due or being worked on; those waiting for a later time do not count."""
        return len(self._ready) + len(self._behind) + len(self._active)

    def __contains__(self, key: object) -> bool:
        """Whether ``key`` is due or being worked on."""
        return self._is_queued(key) or key in self._active

    def _is_queued(self, key: object) -> bool:
        return key in self._ready or key in self._behind

    async def get(self) -> Key:
        """The next due key; give it back with ``done``."""
        return await self._get(self._ready)

    async def _get(self, lane: _Lane[Key]) -> Key:
        self._loop = asyncio.get_running_loop()
        self._promote()
        key = await lane.take()
        self._active.add(key)
        return key

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
        lanes = [self._ready] * workers + [self._behind] * _WORKERS_BEHIND
        try:
            async with asyncio.TaskGroup() as group:
                for lane in lanes:
                    group.create_task(self._work(lane, reconcile))
        finally:
            if self._timer is not None:
                self._timer.cancel()

    async def _work(
        self, lane: _Lane[Key], reconcile: Callable[[Key], Awaitable[float | None]]
    ) -> None:
        while True:
            key = await self._get(lane)
            try:
                again = await reconcile(key)
            except Exception as error:
                delay = self._turn(self._backoff.failed(key))
                _tell(key, delay, error)
                self.add_after(key, delay)
            else:
                self._backoff.succeeded(key)
                if again is not None:
                    self.add_after(key, again)
            finally:
                self.done(key)

    def _turn(self, delay: float) -> float:
        """``delay``, or more where others that failed have their turn before."""
        now = self._now()
        turn = max(self._next_retry, now)
        self._next_retry = turn + _RETRY_SPACING
        return max(delay, turn - now)

    # Later times

    def _promote(self) -> None:
        now = self._now()
        while self._heap and self._heap[0][0] <= now:
            *due, key = heapq.heappop(self._heap)
            if self._due.get(key) == tuple(due):
                self.add(key)
        self._set_timer()

    def _set_timer(self) -> None:
        """One timer, for the earliest time: waiting costs nothing, however many keys wait."""
        if self._loop is None or not self._heap:
            return
        at = self._heap[0][0]
        if self._timer is not None:
            if self._timer_at == at and not self._timer.cancelled():
                return
            self._timer.cancel()
        self._timer_at = at
        self._timer = self._loop.call_later(max(0.0, at - self._now()), self._ring)

    def _ring(self) -> None:
        self._timer = None
        self._promote()

    def _forget_overtaken(self) -> None:
        """Times that do not count any more go once they are the larger part."""
        if len(self._heap) > 2 * len(self._due) + _OVERTAKEN:
            self._heap = [(*due, key) for key, due in self._due.items()]
            heapq.heapify(self._heap)


def _tell(key: object, delay: float, error: Exception) -> None:
    """One line for what may happen; for a defect also where it is."""
    told = (str(e) if isinstance(e, TrueupError) else place_of(e) for e in _causes(error))
    log.warning("reconcile of %s failed, again in %.1f s: %s", key, delay, "; ".join(told))


def _causes(error: Exception) -> list[Exception]:
    if isinstance(error, ExceptionGroup):
        return [cause for each in error.exceptions for cause in _causes(each)]
    return [error]
