"""The store: reads from memory, writes through one thread, one revision for everything."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from itertools import groupby
from pathlib import Path
from typing import TypeAlias

from trueup.controlplane.store.bucket import Bucket
from trueup.controlplane.store.database import Database, Row
from trueup.controlplane.store.entry import Change, Encoder, Entry, Labels
from trueup.controlplane.store.writer import Writer
from trueup.errors import Unavailable

_log = logging.getLogger(__name__)


class Stale(Exception):
    """The key no longer holds the entry that the writer started from."""


Then: TypeAlias = Callable[[], None]
"""Called once a change is on disk and visible, also when whoever asked for it has gone."""


class _Pending:
    """A change on its way to the disk."""

    __slots__ = ("bucket", "change", "done", "row", "then")

    def __init__(
        self, bucket: str, change: Change, done: asyncio.Future[Change], then: Then | None
    ) -> None:
        self.bucket = bucket
        self.change = change
        self.done = done
        self.then = then
        data = change.after.data if change.after else None
        self.row = Row(bucket, change.key, change.revision, data)


class Store:
    """Opened inside a running event loop, and used from that loop only.

    Readers see only what is on disk; a writer builds on ``latest``, which includes what is on its
    way there. So read-modify-write needs no lock as long as it does not await in between.
    """

    def __init__(self, path: Path, labels_of: Callable[[bytes], Labels]) -> None:
        self._database = Database(path)
        self.revision = self._given = self._database.revision()
        self._start = self.revision
        self._buckets: dict[str, Bucket] = {}
        self._pending: dict[tuple[str, str], _Pending] = {}
        self._load(labels_of)
        loop = asyncio.get_running_loop()
        self._writer: Writer[_Pending] = Writer(self._database, loop, self._written)

    def bucket(self, name: str) -> Bucket:
        if name not in self._buckets:
            self._buckets[name] = Bucket(self._start)
        return self._buckets[name]

    def latest(self, bucket: str, key: str) -> Entry | None:
        """The newest entry, even if it is not on disk yet."""
        pending = self._pending.get((bucket, key))
        return pending.change.after if pending else self.bucket(bucket).get(key)

    def bucket_names(self) -> list[str]:
        return sorted(self._buckets)

    async def put(
        self,
        bucket: str,
        key: str,
        expected: Entry | None,
        encode: Encoder,
        then: Then | None = None,
    ) -> Entry:
        """Replace ``expected`` (None: nothing there); raises Stale when it is not the latest."""
        self._require(bucket, key, expected)
        revision = self._next_revision()
        data, labels = encode(revision)
        entry = Entry(key, revision, data, labels)
        await self._submit(bucket, Change(key, revision, expected, entry), then)
        return entry

    async def remove(
        self, bucket: str, key: str, expected: Entry, encode: Encoder, then: Then | None = None
    ) -> Entry:
        """Remove ``expected`` and return its last state at the revision of the removal."""
        self._require(bucket, key, expected)
        revision = self._next_revision()
        data, labels = encode(revision)
        removed = Entry(key, revision, data, labels)
        await self._submit(bucket, Change(key, revision, expected, None, removed), then)
        return removed

    async def close(self) -> None:
        """Write what is queued, end all watches, close the file."""
        self._writer.hand_over()
        await asyncio.get_running_loop().run_in_executor(None, self._writer.close)
        await asyncio.sleep(0)  # lets the last batch be reported
        for bucket in self._buckets.values():
            bucket.close_watches()
        self._database.close()

    def _load(self, labels_of: Callable[[bytes], Labels]) -> None:
        for name, rows in groupby(self._database.rows(), key=lambda row: row.bucket):
            self.bucket(name).load(
                Entry(row.key, row.revision, row.data, labels_of(row.data))
                for row in rows
                if row.data is not None
            )

    def _require(self, bucket: str, key: str, expected: Entry | None) -> None:
        if self.latest(bucket, key) is not expected:
            raise Stale(f"{bucket}/{key}")

    def _next_revision(self) -> int:
        self._given += 1
        return self._given

    def _submit(self, bucket: str, change: Change, then: Then | None) -> asyncio.Future[Change]:
        done: asyncio.Future[Change] = asyncio.get_running_loop().create_future()
        pending = _Pending(bucket, change, done, then)
        self._pending[bucket, change.key] = pending
        self._writer.submit(pending)
        return done

    def _written(self, batch: list[_Pending], error: BaseException | None) -> None:
        for pending in batch:
            if error is None:
                self.revision = pending.change.revision
                self.bucket(pending.bucket).apply(pending.change)
                self._tell(pending)
            self._settle(pending, error)

    def _tell(self, pending: _Pending) -> None:
        if pending.then is not None:
            try:
                pending.then()
            except Exception:
                # Whoever listens must not keep others from learning that their write is done.
                _log.exception("listener failed at %s %s", pending.bucket, pending.change.key)

    def _settle(self, pending: _Pending, error: BaseException | None) -> None:
        identity = pending.bucket, pending.change.key
        if self._pending.get(identity) is pending:
            del self._pending[identity]
        if pending.done.done():  # its caller has gone
            return
        if error is None:
            pending.done.set_result(pending.change)
        else:
            pending.done.set_exception(Unavailable(f"the store could not be written: {error}"))
