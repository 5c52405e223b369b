"""A cache of one kind, kept true by list and watch.

``reduce`` decides what is remembered of each object, so that a large world costs little memory;
``on_change`` is told of each difference. Both run on the event loop and must not block.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from trueup.cluster.client import Client
from trueup.cluster.sending import WatchEvent
from trueup.errors import ApiError, Gone, NotFound, TrueupError, of_defect, place_of
from trueup.objects import GroupVersionKind, Manifest, ObjectRef

log = logging.getLogger(__name__)

T = TypeVar("T")

OnChange = Callable[[ObjectRef, "T | None", "T | None"], None]
"""Called with the object's identity, what was remembered before, and what is now."""

_RETRY_FIRST, _RETRY_MOST = 0.2, 30.0
"""Seconds before a watch is opened again: twice as many each time, unless it was of use."""


class Informer(Generic[T]):
    """Remembers ``reduce(object)`` for every object that the selectors match."""

    def __init__(
        self,
        client: Client,
        gvk: GroupVersionKind,
        reduce: Callable[[Manifest], T],
        *,
        on_change: OnChange[T] | None = None,
        namespace: str = "",
        label_selector: str = "",
        field_selector: str = "",
    ) -> None:
        self.gvk = gvk
        self._client = client
        self._reduce = reduce
        self._on_change = on_change
        self._namespace = namespace
        self._labels = label_selector
        self._fields = field_selector
        self._known: dict[ObjectRef, T] = {}
        self._versions: dict[ObjectRef, int] = {}
        self._synced = asyncio.Event()
        self._answered = asyncio.Event()
        self._wake = asyncio.Event()
        self._seen = 0
        self._version = ""
        self._delay = _RETRY_FIRST
        self.problem: TrueupError | None = None
        """Why the cache may be behind, while it may be."""

    def get(self, ref: ObjectRef) -> T | None:
        return self._known.get(ref)

    def __iter__(self) -> Iterator[tuple[ObjectRef, T]]:
        return iter(list(self._known.items()))

    def __len__(self) -> int:
        return len(self._known)

    @property
    def synced(self) -> bool:
        """Whether the first list has been read."""
        return self._synced.is_set()

    async def wait_synced(self) -> None:
        await self._synced.wait()

    async def wait_answered(self) -> None:
        """Returns once the first list was read, or failed: then ``problem`` says why."""
        await self._answered.wait()

    def learn(self, obj: Manifest) -> None:
        """Take in an object that the server just showed, if no event has overtaken it."""
        self._wake.set()
        version = _number(obj)
        if version > self._seen:
            self._remember(ObjectRef.of(obj), obj)

    async def run(self) -> None:
        """List and watch for ever; survives disconnects, expiry, a kind that goes, and defects."""
        while True:
            try:
                if not self._version:
                    await self._relist()
                await self._follow()
                await self._pause()  # a server that ends each watch at once is not hammered
            except Gone:
                self._version = ""
                await self._pause()  # nor one that says so every time
            except TrueupError as error:
                # Said once: it is tried again and again until the server is back.
                is_news = self.problem is None and not isinstance(error, NotFound)
                level = logging.WARNING if is_news else logging.DEBUG
                log.log(level, "watch of %s interrupted: %s", self.gvk.kind, error)
                if isinstance(error, NotFound):
                    self._version = ""
                    self._forget_all()
                await self._retreat(error)
            except Exception as error:  # a defect, which must not end the watch unnoticed
                log.error("watch of %s failed\n%s", self.gvk.kind, place_of(error))
                self._version = ""
                await self._retreat(of_defect(error, "its watch"))

    async def _retreat(self, problem: TrueupError) -> None:
        """Let those who wait know of ``problem``, and give it time to pass."""
        self.problem = problem
        self._answered.set()
        await self._pause(problem.retry_after if isinstance(problem, ApiError) else 0.0)

    async def _pause(self, least: float = 0.0) -> None:
        """Wait before trying again, unless somebody learns that the kind is there."""
        seconds = max(least, self._delay * random.uniform(0.5, 1))  # noqa: S311 - jitter only
        self._delay = min(_RETRY_MOST, self._delay * 2)
        self._wake.clear()
        try:
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        except TimeoutError:
            return

    async def _relist(self) -> None:
        listing = await self._client.list(
            self.gvk, self._namespace, label_selector=self._labels, field_selector=self._fields
        )
        gone = set(self._known)
        self._seen = int(listing.resource_version or 0)
        for item in listing.items:
            ref = ObjectRef.of(item)
            gone.discard(ref)
            self._remember(ref, item)
        for ref in gone:
            self._forget(ref, as_of=self._seen)
        self._version = listing.resource_version
        self.problem = None
        self._synced.set()
        self._answered.set()

    async def _follow(self) -> None:
        began = asyncio.get_running_loop().time()
        try:
            await self._take_events()
        finally:
            if asyncio.get_running_loop().time() - began > _RETRY_MOST:
                self._delay = _RETRY_FIRST  # it was a good watch, though there was nothing to show

    async def _take_events(self) -> None:
        async with self._client.watch(
            self.gvk,
            self._namespace,
            resource_version=self._version,
            label_selector=self._labels,
            field_selector=self._fields,
        ) as events:
            self.problem = None
            async for event in events:
                self._take(event)
                self._delay = _RETRY_FIRST

    def _take(self, event: WatchEvent) -> None:
        # Kept at once: a watch that breaks goes on from here, and never shows the past again.
        self._version = event.object["metadata"]["resourceVersion"]
        self._seen = int(self._version)
        if event.type == "BOOKMARK":
            return
        ref = ObjectRef.of(event.object)
        if event.type == "DELETED":
            self._forget(ref, as_of=self._seen)
        else:
            self._remember(ref, event.object)

    def _remember(self, ref: ObjectRef, obj: Manifest) -> None:
        version = _number(obj)
        if version < self._versions.get(ref, 0):
            return
        self._versions[ref] = version
        before = self._known.get(ref)
        now = self._known[ref] = self._reduce(obj)
        if self._on_change is not None and before != now:
            self._on_change(ref, before, now)

    def _forget(self, ref: ObjectRef, *, as_of: int) -> None:
        """The object was gone at ``as_of``, unless what is known is newer: made again since."""
        if self._versions.get(ref, 0) > as_of:
            return
        before = self._known.pop(ref, None)
        self._versions.pop(ref, None)
        if self._on_change is not None and before is not None:
            self._on_change(ref, before, None)

    def _forget_all(self) -> None:
        for ref in list(self._known):
            self._forget(ref, as_of=self._versions[ref])
        # A kind that is not there has no objects: waiting for it would wait for ever.
        self._synced.set()
        self._answered.set()


def _number(obj: Manifest) -> int:
    """Resource versions can be compared as numbers (KEP-5504)."""
    return int(obj["metadata"].get("resourceVersion") or 0)
