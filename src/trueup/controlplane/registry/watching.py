"""Watch: what a reader sees of each change, given what it selects."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass
from typing import NamedTuple

from trueup.controlplane.registry.codec import decode, encoder
from trueup.controlplane.registry.listing import Selection
from trueup.controlplane.resources import Resource
from trueup.controlplane.store import Change, Entry, Expired, Store, Watch

_BOOKMARK_SECONDS = 55.0


class Sighting(NamedTuple):
    """One event of a watch. ``change`` is what others see too, None for the initial state.

    A bookmark has no entry but a revision; ``initial`` marks the one that ends the first list.
    """

    type: str
    entry: Entry | None
    revision: int
    change: Change | None = None
    initial: bool = False


@dataclass(frozen=True, slots=True)
class WatchOptions:
    """``since`` None: begin with the present state. ``seconds``: when to end the stream."""

    since: int | None = None
    bookmarks: bool = False
    initial_bookmark: bool = False
    seconds: float | None = None


class Watcher:
    """One running watch; opens at once, so that Expired shows before the stream begins."""

    def __init__(
        self, store: Store, resource: Resource, selection: Selection, options: WatchOptions
    ) -> None:
        self._store = store
        self._bucket = store.bucket(resource.bucket)
        self._selection = selection
        self._options = options
        now = store.revision
        self._initial: list[Sighting] = []
        if options.since is None:
            self._initial = self._present(now)
        since = now if options.since is None else max(options.since, 0)
        self._since = since
        self._watch: Watch = self._bucket.watch(selection.prefix, since)

    def _present(self, now: int) -> list[Sighting]:
        entries = self._selection.of(self._bucket.entries(self._selection.prefix))
        found = [Sighting("ADDED", entry, entry.revision) for entry in entries]
        if self._options.initial_bookmark:
            found.append(Sighting("BOOKMARK", None, now, initial=True))
        return found

    async def batches(self) -> AsyncGenerator[list[Sighting], None]:
        """What happens, in batches; ends after ``seconds``, Expired when this reader is too slow."""
        try:
            async for batch in self._run():
                yield batch
        finally:
            self._bucket.unwatch(self._watch)

    async def _run(self) -> AsyncIterator[list[Sighting]]:
        loop = asyncio.get_running_loop()
        seconds = self._options.seconds
        deadline = None if seconds is None else loop.time() + seconds
        if self._initial:
            yield self._initial
            self._initial = []
        while not self._watch.closed:
            patience = _BOOKMARK_SECONDS
            if deadline is not None:
                patience = min(patience, deadline - loop.time())
                if patience <= 0:
                    return
            before = self._store.revision
            changes = await self._watch.wait_changes(patience)
            batch = self._sightings(changes)
            if not changes and self._options.bookmarks and not self._watch.closed:
                batch = [Sighting("BOOKMARK", None, before)]
            if batch:
                yield batch
        if self._watch.overflowed:
            raise Expired(self._since, self._store.revision)

    def _sightings(self, changes: list[Change]) -> list[Sighting]:
        found = []
        for change in changes:
            sighting = self._sight(change) if change.revision > self._since else None
            if sighting is not None:
                found.append(sighting)
        return found

    def _sight(self, change: Change) -> Sighting | None:
        """An object that begins or ceases to match appears or disappears for this reader."""
        matches = self._selection.matches
        was = change.before is not None and matches(change.before)
        if change.after is not None and matches(change.after):
            kind = "MODIFIED" if was else "ADDED"
            return Sighting(kind, change.after, change.revision, change)
        if not was:
            return None
        if change.removed is not None:
            return Sighting("DELETED", change.removed, change.revision, change)
        assert change.before is not None
        return Sighting("DELETED", _last_match(change.before, change.revision), change.revision)


def _last_match(before: Entry, revision: int) -> Entry:
    """The last state that matched, at the revision at which it ceased to."""
    data, labels = encoder(decode(before))(revision)
    return Entry(before.key, revision, data, labels)
