"""Watches of single objects, each kept for as long as somebody wants it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

from trueup.cluster import Informer
from trueup.objects import ObjectRef

T = TypeVar("T")


class ObjectWatches(Generic[T]):
    """Informers by object; ``make`` gives that of one, which is not running yet."""

    def __init__(self, make: Callable[[ObjectRef], Informer[T]]) -> None:
        self._make = make
        self._informers: dict[ObjectRef, Informer[T]] = {}
        self._tasks: dict[ObjectRef, asyncio.Task[None]] = {}
        self._wanted: dict[ObjectRef, frozenset[ObjectRef]] = {}

    def __len__(self) -> int:
        return len(self._tasks)

    def get(self, ref: ObjectRef) -> T | None:
        """What is remembered of ``ref``; None if it is not there, or not watched."""
        informer = self._informers.get(ref)
        return informer.get(ref) if informer else None

    def want(self, watcher: ObjectRef, refs: Iterable[ObjectRef]) -> list[Informer[T]]:
        """``watcher`` wants exactly ``refs`` from now on; their informers, in order."""
        wanted = list(refs)
        before = self._wanted.pop(watcher, frozenset())
        if not (before or wanted):
            return []
        if wanted:
            self._wanted[watcher] = frozenset(wanted)
        for ref in before.difference(wanted, *self._wanted.values()):
            del self._informers[ref]
            self._tasks.pop(ref).cancel()
        for ref in wanted:
            if ref not in self._informers:
                informer = self._informers[ref] = self._make(ref)
                self._tasks[ref] = asyncio.create_task(informer.run())
        return [self._informers[ref] for ref in wanted]

    async def close(self) -> None:
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        self._tasks.clear()
