"""Warm worker processes, as many as may run side by side."""

from __future__ import annotations

import weakref
from collections.abc import Mapping
from contextlib import suppress
from threading import BoundedSemaphore, Lock
from types import TracebackType

from trueup.sandbox.limits import Limits
from trueup.sandbox.worker import Worker


class Pool:
    """Runs functions in at most ``size`` workers, each within ``limits``; for several threads.

    A worker is started when the first call needs it and kept warm. One that hit a limit, died, or
    still holds much memory after a call is replaced: what one call did, no other one feels.
    ``environment`` is all that the workers' environment holds.
    """

    def __init__(
        self,
        size: int = 2,
        limits: Limits | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.limits = limits or Limits()
        self._environment = dict(environment or {})
        self._room = BoundedSemaphore(size)
        self._lock = Lock()
        self._idle: list[Worker] = []
        self._closed = False
        self._at_exit = weakref.finalize(self, _kill_all, self._idle, self._lock)

    def call(self, function: str, payload: bytes) -> bytes:
        """What ``function``, written ``module:name``, gives for ``payload``; waits for a worker.

        The function takes bytes and gives bytes. Raises SandboxError if a limit is hit or the
        worker dies, the InputError that the function raised, or TrueupError for a defect in it.
        """
        with self._room:
            worker = self._take()
            try:
                return worker.call(function, payload)
            finally:
                self._give_back(worker)

    def close(self) -> None:
        """End all workers; those that are busy end with their call. Later calls are refused."""
        with self._lock:
            self._closed = True
        self._at_exit()

    def __enter__(self) -> Pool:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _take(self) -> Worker:
        with self._lock:
            if self._closed:
                raise RuntimeError("the pool is closed")
            while self._idle:
                worker = self._idle.pop()
                if worker.is_alive():
                    return worker
                worker.kill()
        return Worker(self.limits, self._environment)

    def _give_back(self, worker: Worker) -> None:
        with self._lock:
            if worker.usable and not self._closed:
                self._idle.append(worker)
                return
        worker.kill()


def _kill_all(workers: list[Worker], lock: Lock) -> None:
    with lock:
        while workers:
            with suppress(OSError):
                workers.pop().kill()
