"""Events are forgotten an hour after they were last written."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

from trueup.controlplane.housekeeping.graph import Item
from trueup.controlplane.housekeeping.objects import Objects
from trueup.controlplane.registry.deleting import DeleteOptions
from trueup.controlplane.registry.registry import Registry
from trueup.objects import Manifest

_BUCKET = "/events"
_USER = "system:apiserver"
_LIFETIME = 3600.0
_SWEEP = 30.0


class Events:
    """``now`` gives seconds since the epoch."""

    def __init__(self, registry: Registry, now: Callable[[], float]) -> None:
        self._registry = registry
        self._objects = Objects(registry, _USER)
        self._now = now
        self._written_at: dict[str, float] = {}
        """By key, the longest ago first."""
        registry.rules.listen(_BUCKET, self._written, self._removed)

    async def run(self) -> None:
        found = []
        for entry in self._registry.store.bucket(_BUCKET).entries():
            event = self._objects.get(Item(_BUCKET, entry.key))
            if event is not None:
                found.append((_last_seen(event), entry.key))
        self._written_at = {key: moment for moment, key in sorted(found)} | self._written_at
        while True:
            await self.sweep()
            await asyncio.sleep(_SWEEP)

    async def sweep(self) -> None:
        """Delete what has had its time."""
        latest = self._now() - _LIFETIME
        old = []
        for key, moment in self._written_at.items():
            if moment > latest:
                break
            old.append(key)
        for key in old:
            self._written_at.pop(key, None)
            await self._objects.delete(Item(_BUCKET, key), DeleteOptions())

    def _written(self, event: Manifest) -> None:
        self._removed(event)
        self._written_at[_key(event)] = self._now()

    def _removed(self, event: Manifest) -> None:
        self._written_at.pop(_key(event), None)


def _key(event: Manifest) -> str:
    return f"{event['metadata']['namespace']}/{event['metadata']['name']}"


def _last_seen(event: Manifest) -> float:
    """The latest time that the event itself tells, in seconds since the epoch."""
    series = event.get("series") or {}
    told = (
        event["metadata"].get("creationTimestamp"),
        event.get("lastTimestamp"),
        event.get("eventTime"),
        series.get("lastObservedTime"),
    )
    return max(_seconds(text) for text in told)


def _seconds(text: object) -> float:
    if not isinstance(text, str):
        return 0.0
    try:
        return datetime.fromisoformat(text).astimezone(UTC).timestamp()
    except ValueError:
        return 0.0
