"""One thread that writes: what queues up while it writes goes into the next transaction."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Generic, Protocol, TypeVar

from trueup.controlplane.store.database import Database, Row

_BATCH = 2000
"""Enough to make the commit's cost vanish, few enough to keep latency in milliseconds."""


class Writing(Protocol):
    """What the queue holds: anything that knows its row."""

    @property
    def row(self) -> Row: ...


W = TypeVar("W", bound=Writing)


class Writer(Generic[W]):
    """Writes in the order of ``submit`` and reports each batch on the event loop, in that order."""

    def __init__(
        self,
        database: Database,
        loop: asyncio.AbstractEventLoop,
        done: Callable[[list[W], BaseException | None], None],
    ) -> None:
        self._database = database
        self._loop = loop
        self._done = done
        self._submitted: list[W] = []
        self._queue: SimpleQueue[list[W] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)
        self._thread.start()

    def submit(self, writing: W) -> None:
        """Handed over once per turn of the loop: waking the thread costs more than a write."""
        if not self._submitted:
            self._loop.call_soon(self.hand_over)
        self._submitted.append(writing)

    def hand_over(self) -> None:
        """Let the thread have what was submitted; on the event loop, as ``submit``."""
        if self._submitted:
            self._queue.put(self._submitted)
            self._submitted = []

    def close(self) -> None:
        """Write what was handed over, then end the thread; may be called from any thread."""
        self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        last = False
        while not last:
            batch, last = self._next_batch()
            if batch:
                self._write(batch)

    def _next_batch(self) -> tuple[list[W], bool]:
        found = self._queue.get()
        batch: list[W] = []
        while found is not None:
            batch += found
            if len(batch) >= _BATCH:
                return batch, False
            try:
                found = self._queue.get_nowait()
            except Empty:
                return batch, False
        return batch, True

    def _write(self, batch: list[W]) -> None:
        error: BaseException | None = None
        try:
            self._database.write(writing.row for writing in batch)
        except Exception as failure:
            error = failure
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._done, batch, error)
