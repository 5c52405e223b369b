"""The store: revisions, optimistic writes, watches and the past, on disk and after a restart.

What survives a process that is killed is in ``test_crash``.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from trueup.controlplane.store import Expired, Stale, Store
from trueup.controlplane.store.bucket import Bucket
from trueup.controlplane.store.entry import Change, Encoded, Encoder, Entry
from trueup.controlplane.store.watch import Watch
from trueup.errors import StoreError
from trueup.testing.patience import PATIENCE


def encoder(text: str) -> Encoder:
    return lambda revision: Encoded(f"{text}@{revision}".encode(), {})


def opened(path: Path) -> Store:
    return Store(path / "test.db", lambda data: {})


@pytest_asyncio.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = opened(tmp_path)
    yield store
    await store.close()


async def put(store: Store, key: str, text: str = "x") -> Entry:
    return await store.put("b", key, store.latest("b", key), encoder(text))


async def test_each_write_has_the_next_revision(store: Store) -> None:
    revisions = [(await put(store, key)).revision for key in ("a", "b", "a")]
    assert revisions == [1, 2, 3]


async def test_a_write_is_encoded_with_its_revision(store: Store) -> None:
    assert (await put(store, "a", "text")).data == b"text@1"


async def test_revisions_are_of_all_buckets_together(store: Store) -> None:
    await put(store, "a")
    assert (await store.put("other", "a", None, encoder("x"))).revision == 2


async def test_a_write_on_an_old_entry_is_stale(store: Store) -> None:
    old = await put(store, "a")
    await put(store, "a")
    with pytest.raises(Stale):
        await store.put("b", "a", old, encoder("x"))


async def test_a_creation_over_an_entry_is_stale(store: Store) -> None:
    await put(store, "a")
    with pytest.raises(Stale):
        await store.put("b", "a", None, encoder("x"))


async def test_readers_see_only_what_is_on_disk_writers_also_what_is_on_its_way(
    store: Store,
) -> None:
    writing = asyncio.ensure_future(put(store, "a"))
    await asyncio.sleep(0)
    assert store.latest("b", "a") is not None
    assert store.bucket("b").get("a") is None
    assert (await writing) is store.bucket("b").get("a")


async def test_a_removed_key_is_gone_and_its_removal_has_a_revision(store: Store) -> None:
    entry = await put(store, "a", "last")
    removed = await store.remove("b", "a", entry, encoder("last"))
    assert (removed.revision, removed.data) == (2, b"last@2")
    assert store.bucket("b").get("a") is None


async def test_entries_are_in_key_order_and_by_prefix(store: Store) -> None:
    for key in ("n2/b", "n1/b", "n1/a", "n10/a"):
        await put(store, key)
    keys = [entry.key for entry in store.bucket("b").entries()]
    assert keys == ["n1/a", "n1/b", "n10/a", "n2/b"]
    assert [e.key for e in store.bucket("b").entries("n1/")] == ["n1/a", "n1/b"]


async def test_the_past_can_be_listed(store: Store) -> None:
    await put(store, "a", "one")
    await put(store, "b")
    await put(store, "a", "two")
    await store.remove("b", "b", await put(store, "b"), encoder("x"))
    past = {entry.key: entry.data for entry in store.bucket("b").entries_at(2)}
    assert past == {"a": b"one@1", "b": b"x@2"}


async def test_a_watch_gives_what_happened_since_and_what_happens(store: Store) -> None:
    for key in "abc":
        await put(store, key)
    watch = store.bucket("b").watch("", 1)
    assert [change.key for change in watch.take_nowait()] == ["b", "c"]
    await put(store, "d")
    assert [change.key for change in await watch.wait_changes(1)] == ["d"]


async def test_a_watch_sees_its_prefix_alone(store: Store) -> None:
    watch = store.bucket("b").watch("n1/", 0)
    await put(store, "n2/a")
    await put(store, "n1/a")
    assert [change.key for change in await watch.wait_changes(1)] == ["n1/a"]


async def test_closing_the_store_ends_its_watches(tmp_path: Path) -> None:
    store = opened(tmp_path)
    watch = store.bucket("b").watch("", 0)
    await store.close()
    assert watch.closed
    assert await watch.wait_changes(None) == []


async def test_what_was_written_is_there_after_a_restart(tmp_path: Path) -> None:
    store = opened(tmp_path)
    await put(store, "a", "one")
    await store.remove("b", "gone", await put(store, "gone"), encoder("x"))
    await store.close()
    again = opened(tmp_path)
    assert [(e.key, e.data) for e in again.bucket("b").entries()] == [("a", b"one@1")]
    assert (await put(again, "b")).revision == 4
    await again.close()


async def test_the_past_before_a_restart_is_forgotten(tmp_path: Path) -> None:
    store = opened(tmp_path)
    await put(store, "a")
    await put(store, "b")
    await store.close()
    again = opened(tmp_path)
    with pytest.raises(Expired):
        again.bucket("b").watch("", 1)
    assert not again.bucket("b").watch("", 2).take_nowait()
    await again.close()


async def test_whoever_listens_is_told_although_the_writer_has_gone(store: Store) -> None:
    told = asyncio.Event()
    writing = asyncio.ensure_future(store.put("b", "a", None, encoder("x"), told.set))
    await asyncio.sleep(0)
    writing.cancel()
    await asyncio.wait_for(told.wait(), PATIENCE)
    assert store.bucket("b").get("a") is not None


async def test_a_listener_that_fails_does_not_fail_the_write(store: Store) -> None:
    def fail() -> None:
        raise ValueError("listener")

    assert (await store.put("b", "a", None, encoder("x"), fail)).revision == 1


def test_a_history_that_is_full_forgets_the_oldest_change() -> None:
    bucket = Bucket(floor=0, history=3)
    for revision in range(1, 6):
        bucket.apply(Change("k", revision, None, Entry("k", revision, b"", {})))
    assert [change.revision for change in bucket.since(2)] == [3, 4, 5]
    with pytest.raises(Expired, match=r"too old resource version: 1 \(2\)"):
        bucket.since(1)


async def test_a_reader_that_falls_too_far_behind_is_closed() -> None:
    watch = Watch("", limit=2)
    for revision in range(1, 4):
        watch.offer(Change("k", revision, None, None))
    assert watch.closed
    assert watch.overflowed
    assert watch.take_nowait() == []


async def test_a_database_that_is_in_use_is_refused_with_the_reason(tmp_path: Path) -> None:
    store = opened(tmp_path)
    with pytest.raises(StoreError, match="in use by another process; stop that"):
        opened(tmp_path)
    await store.close()


async def test_a_file_that_is_no_database_is_refused_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "test.db").write_bytes(b"not a database" * 1000)
    with pytest.raises(StoreError, match="file is not a database; move the file away"):
        opened(tmp_path)
