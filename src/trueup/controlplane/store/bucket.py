"""All objects of one resource in memory: current entries in key order, and the recent past."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Iterable

from trueup.controlplane.store.entry import Change, Entry
from trueup.controlplane.store.watch import Watch

_HISTORY = 8192
"""Changes that are kept per bucket; who asks for older ones lists again."""

_SHARED = 64
"""The newest changes, which watches are still writing out, keep the lines made of them."""


class Expired(Exception):
    """The past that was asked for is no longer kept; ``oldest`` is the first revision that is."""

    def __init__(self, asked: int, oldest: int) -> None:
        super().__init__(f"too old resource version: {asked} ({oldest})")
        self.asked = asked
        self.oldest = oldest


class Bucket:
    """``floor`` is the oldest revision from which changes are known without a gap."""

    def __init__(self, floor: int, history: int = _HISTORY) -> None:
        self.floor = floor
        self._entries: dict[str, Entry] = {}
        self._keys: list[str] = []
        self._history: deque[Change] = deque(maxlen=history)
        self._watches: set[Watch] = set()

    def __len__(self) -> int:
        return len(self._keys)

    def get(self, key: str) -> Entry | None:
        return self._entries.get(key)

    def load(self, entries: Iterable[Entry]) -> None:
        """Start from what was stored, in key order."""
        self._entries = {entry.key: entry for entry in entries}
        self._keys = sorted(self._entries)

    def entries(self, prefix: str = "") -> list[Entry]:
        """Current entries whose keys start with ``prefix``, in key order."""
        known = self._entries
        return [known[key] for key in self._range(prefix)]

    def entries_at(self, revision: int, prefix: str = "") -> list[Entry]:
        """The entries as of ``revision``; Expired when that is too long ago."""
        undone: dict[str, Entry | None] = {}
        for change in reversed(self.since(revision)):
            if change.key.startswith(prefix):
                undone[change.key] = change.before
        if not undone:
            return self.entries(prefix)
        found = {key: self._entries[key] for key in self._range(prefix)}
        found.update({key: entry for key, entry in undone.items() if entry is not None})
        absent = {key for key, entry in undone.items() if entry is None}
        return [found[key] for key in sorted(found) if key not in absent]

    def since(self, revision: int) -> list[Change]:
        """The changes after ``revision``, oldest first; Expired when some are forgotten."""
        if revision < self.floor:
            raise Expired(revision, self.floor)
        recent: list[Change] = []
        for change in reversed(self._history):
            if change.revision <= revision:
                break
            recent.append(change)
        recent.reverse()
        return recent

    def watch(self, prefix: str, since: int) -> Watch:
        """The changes after ``since``, past and coming; Expired when some are forgotten."""
        watch = Watch(prefix)
        watch.preload(self.since(since))
        self._watches.add(watch)
        return watch

    def unwatch(self, watch: Watch) -> None:
        watch.close()
        self._watches.discard(watch)

    def close_watches(self) -> None:
        for watch in self._watches:
            watch.close()
        self._watches.clear()

    def apply(self, change: Change) -> None:
        """Make ``change`` visible to readers and watches."""
        if change.after is None:
            if self._entries.pop(change.key, None) is not None:
                del self._keys[bisect_left(self._keys, change.key)]
        else:
            if change.key not in self._entries:
                insort(self._keys, change.key)
            self._entries[change.key] = change.after
        self._remember(change)
        for watch in self._watches:
            watch.offer(change)

    def _remember(self, change: Change) -> None:
        if len(self._history) == self._history.maxlen:
            self.floor = self._history[0].revision
        self._history.append(change)
        if len(self._history) > _SHARED:
            self._history[-_SHARED].lines.clear()

    def _range(self, prefix: str) -> list[str]:
        if not prefix:
            return self._keys
        start = bisect_left(self._keys, prefix)
        return self._keys[start : bisect_left(self._keys, prefix + "\U0010ffff", start)]
