"""Watches of single objects last as long as they are wanted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from trueup.cluster import Client, Informer
from trueup.objects import ObjectRef
from trueup.observe.object_watches import ObjectWatches
from trueup.testing.faults import Faults

A, B = (ObjectRef("", "ConfigMap", "default", name, "v1") for name in "ab")
ONE, OTHER = (ObjectRef("g", "Delivery", "default", name, "v1") for name in ("one", "other"))


class Silent(Informer[str]):
    """Sees nothing; ``running`` counts those that run."""

    running = 0

    async def run(self) -> None:
        Silent.running += 1
        try:
            await asyncio.Event().wait()
        finally:
            Silent.running -= 1


@pytest.fixture
async def watches() -> AsyncIterator[ObjectWatches[str]]:
    client = Client(Faults(None))  # type: ignore[arg-type] - nobody asks it
    watches = ObjectWatches(lambda ref: Silent(client, ref.gvk, str))
    yield watches
    await watches.close()


async def running() -> int:
    """How many run, after those that were told to end have."""
    for _ in range(3):
        await asyncio.sleep(0)
    return Silent.running


async def test_an_object_that_two_want_is_watched_once(watches: ObjectWatches[str]) -> None:
    assert watches.want(ONE, [A, B]) == [*watches.want(OTHER, [A]), *watches.want(ONE, [A, B])[1:]]
    assert await running() == 2


async def test_a_watch_ends_when_nobody_wants_it(watches: ObjectWatches[str]) -> None:
    watches.want(ONE, [A, B])
    watches.want(ONE, [B])
    assert await running() == 1


async def test_a_watch_goes_on_while_another_one_wants_it(watches: ObjectWatches[str]) -> None:
    watches.want(ONE, [A])
    watches.want(OTHER, [A])
    watches.want(ONE, [])
    assert await running() == 1


async def test_who_wants_nothing_leaves_nothing_behind(watches: ObjectWatches[str]) -> None:
    watches.want(ONE, [A])
    watches.want(ONE, [])
    assert (await running(), len(watches), watches.get(A)) == (0, 0, None)
