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
        self._queue: SimpleQueue[W | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)
        self._thread.start()

    def submit(self, writing: W) -> None:
        self._queue.put(writing)

    def close(self) -> None:
        """Write what is queued, then end the thread."""
        self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        last = False
        while not last:
            batch, last = self._next_batch()
            if batch:
                self._write(batch)

    def _next_batch(self) -> tuple[list[W], bool]:
        item = self._queue.get()
        batch: list[W] = []
        while item is not None:
            batch.append(item)
            if len(batch) >= _BATCH:
                return batch, False
            try:
                item = self._queue.get_nowait()
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
