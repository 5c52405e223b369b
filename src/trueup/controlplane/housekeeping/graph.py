"""Who depends on whom: owner references, looked up from either end."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Item(NamedTuple):
    """One stored object by place."""

    bucket: str
    key: str


class Graph:
    """Items by the uids of their owners."""

    def __init__(self) -> None:
        self._owners: dict[Item, frozenset[str]] = {}
        self._dependents: dict[str, set[Item]] = {}

    def put(self, item: Item, owners: Iterable[str]) -> bool:
        """Note the owners of ``item``; False if that is nothing new."""
        now, before = frozenset(owners), self._owners.get(item, frozenset())
        if now == before:
            return False
        for uid in before - now:
            self._forget(uid, item)
        for uid in now - before:
            self._dependents.setdefault(uid, set()).add(item)
        if now:
            self._owners[item] = now
        else:
            del self._owners[item]
        return True

    def drop(self, item: Item) -> None:
        """``item`` is gone; what depends on it still does."""
        for uid in self._owners.pop(item, ()):
            self._forget(uid, item)

    def dependents(self, uid: str) -> list[Item]:
        return sorted(self._dependents.get(uid, ()))

    def _forget(self, uid: str, item: Item) -> None:
        found = self._dependents[uid]
        found.discard(item)
        if not found:
            del self._dependents[uid]
