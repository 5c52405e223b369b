"""A reader that does not read costs a bounded amount of memory, and is told to list again."""

from __future__ import annotations

from pathlib import Path

import pytest

from trueup.controlplane.registry.listing import Selection
from trueup.controlplane.registry.watching import Watcher, WatchOptions
from trueup.controlplane.resources import Catalog
from trueup.controlplane.store import Change, Entry, Expired, Store

MORE_THAN_WAIT = 10_001


def watcher_of_secrets(store: Store) -> Watcher:
    resource = Catalog().find("", "v1", "secrets")
    assert resource is not None
    return Watcher(store, resource, Selection(resource, "", "", ""), WatchOptions(since=0))


def change(store: Store, times: int) -> None:
    """Changes as if they came from the disk, before any reader has its turn."""
    for revision in range(1, times + 1):
        entry = Entry("default/a", revision, b"{}", {})
        store.bucket("/secrets").apply(Change("default/a", revision, None, entry))


async def test_a_reader_that_keeps_up_sees_every_change(tmp_path: Path) -> None:
    store = Store(tmp_path / "test.db", lambda data: {})
    watcher = watcher_of_secrets(store)
    change(store, 3)
    batch = await anext(watcher.batches())
    assert [sighting.revision for sighting in batch] == [1, 2, 3]
    await store.close()


async def test_a_reader_that_is_too_slow_is_told_that_its_past_has_expired(tmp_path: Path) -> None:
    store = Store(tmp_path / "test.db", lambda data: {})
    watcher = watcher_of_secrets(store)
    change(store, MORE_THAN_WAIT)
    with pytest.raises(Expired):
        await anext(watcher.batches())
    await store.close()
