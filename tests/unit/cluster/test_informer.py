"""The cache of one kind: true to the server whatever happens to the connection.

A scripted server gives exact orders of answers.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

import orjson
import pytest

from tests.unit.cluster.conftest import KnownKinds
from trueup.cluster import Answer, Informer
from trueup.cluster.transport import Query
from trueup.errors import Gone, NotFound, TooManyRequests, Unavailable
from trueup.objects import GroupVersionKind, Manifest, ObjectRef
from trueup.testing.patience import PATIENCE

CONFIG_MAP = GroupVersionKind("", "v1", "ConfigMap")
Step = Manifest | Exception


def obj(name: str, version: int) -> Manifest:
    meta = {"name": name, "namespace": "apps", "resourceVersion": str(version)}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta}


def added(name: str, version: int) -> Manifest:
    return {"type": "ADDED", "object": obj(name, version)}


def deleted(name: str, version: int) -> Manifest:
    return {"type": "DELETED", "object": obj(name, version)}


def bookmark(version: int) -> Manifest:
    return {"type": "BOOKMARK", "object": {"metadata": {"resourceVersion": str(version)}}}


def listing(version: int, *items: Manifest) -> Manifest:
    return {"metadata": {"resourceVersion": str(version)}, "items": list(items)}


class Script:
    """A transport that lists and watches as told; after the last watch nothing happens any more."""

    def __init__(self, lists: Sequence[Step], watches: Sequence[Sequence[Step]]) -> None:
        self._lists = list(lists)
        self._watches = list(watches)
        self.asked_from: list[str] = []
        self.over = asyncio.Event()

    async def request(
        self, method: str, path: str, query: Query, headers: Mapping[str, str], body: bytes | None
    ) -> Answer:
        return Answer(200, orjson.dumps(_or_raise(self._lists.pop(0))))

    @asynccontextmanager
    async def stream(
        self, path: str, query: Query, headers: Mapping[str, str]
    ) -> AsyncIterator[AsyncIterator[bytes]]:
        self.asked_from.append(dict(query)["resourceVersion"])
        yield self._lines()

    async def _lines(self) -> AsyncIterator[bytes]:
        if not self._watches:
            self.over.set()
            await asyncio.Event().wait()
        for step in self._watches.pop(0):
            yield orjson.dumps(_or_raise(step))

    async def close(self) -> None:
        """Nothing is open."""


def _or_raise(step: Step) -> Manifest:
    if isinstance(step, Exception):
        raise step
    return step


class Seen:
    """An informer over a script, and what it told about."""

    def __init__(self, lists: Sequence[Step], *watches: Sequence[Step]) -> None:
        self.script = Script(lists, watches)
        self.changes: list[tuple[str, int | None, int | None]] = []
        self.informer: Informer[int] = Informer(
            KnownKinds(self.script),
            CONFIG_MAP,
            lambda item: int(item["metadata"]["resourceVersion"]),
            on_change=self._note,
        )

    def _note(self, ref: ObjectRef, before: int | None, now: int | None) -> None:
        self.changes.append((ref.name, before, now))

    @property
    def known(self) -> dict[str, int]:
        return {ref.name: version for ref, version in self.informer}

    async def run(self) -> Seen:
        """Until the script is over."""
        await self.while_running(lambda: None)
        return self

    async def while_running(self, do: Callable[[], None]) -> None:
        task = asyncio.create_task(self.informer.run())
        await self.script.over.wait()
        do()
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


CUT = Unavailable("cut")


async def test_events_follow_the_list() -> None:
    seen = await Seen([listing(5, obj("a", 3))], [added("b", 6), deleted("a", 7)]).run()
    assert seen.known == {"b": 6}
    assert seen.changes == [("a", None, 3), ("b", None, 6), ("a", 3, None)]


async def test_a_watch_that_breaks_goes_on_from_the_last_event() -> None:
    seen = await Seen([listing(5)], [added("a", 6), CUT], [added("b", 7), bookmark(9)]).run()
    assert seen.script.asked_from == ["5", "6", "9"]


async def test_replayed_events_never_show_the_past_again() -> None:
    replayed = [added("a", 6), deleted("a", 7), added("a", 8)]
    seen = await Seen([listing(5)], replayed, replayed).run()
    assert seen.changes == [("a", None, 6), ("a", 6, None), ("a", None, 8)]


async def test_an_expired_watch_is_listed_anew_and_deletions_are_noticed() -> None:
    lists = [listing(5, obj("a", 3), obj("b", 4)), listing(20, obj("b", 4), obj("c", 15))]
    seen = await Seen(lists, [Gone("too old")]).run()
    assert seen.changes[2:] == [("c", None, 15), ("a", 3, None)]


async def test_a_failed_list_is_tried_again_and_its_problem_told() -> None:
    seen = Seen([CUT, listing(5, obj("a", 3))])
    assert (await seen.run()).known == {"a": 3}
    assert seen.informer.problem is None


async def test_a_defect_is_told_and_does_not_end_the_watch(
    caplog: pytest.LogCaptureFixture,
) -> None:
    broken = listing(5, {"metadata": {"name": "a", "resourceVersion": "odd"}})
    seen = await Seen([broken, listing(6, obj("a", 6))]).run()
    assert seen.known == {"a": 6}
    assert "watch of ConfigMap failed" in caplog.text
    assert "ValueError" in caplog.text
    assert "odd" not in caplog.text  # what a defect met may be secret


async def test_who_waits_hears_of_a_defect() -> None:
    seen = Seen([listing(5, obj("a", 3))])
    seen.informer._reduce = lambda item: int(item["data"])
    async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as group:
        task = group.create_task(seen.informer.run())
        await seen.informer.wait_answered()
        task.cancel()
    assert "KeyError" in str(seen.informer.problem)


async def test_a_kind_that_is_not_served_has_no_objects_and_may_come() -> None:
    seen = await Seen([listing(5, obj("a", 3)), listing(9, obj("a", 8))], [NotFound("gone")]).run()
    assert seen.changes == [("a", None, 3), ("a", 3, None), ("a", None, 8)]


async def test_what_is_learned_is_known_ahead_of_the_watch() -> None:
    seen = Seen([listing(5)])
    await seen.while_running(lambda: seen.informer.learn(obj("a", 6)))
    assert seen.known == {"a": 6}


async def test_what_is_learned_late_is_not_taken_back() -> None:
    seen = Seen([listing(5)], [added("a", 6), deleted("a", 7)])
    await seen.while_running(lambda: seen.informer.learn(obj("a", 6)))
    assert seen.known == {}


@pytest.mark.parametrize("older", [added("a", 6), deleted("a", 7)], ids=["change", "deletion"])
async def test_an_event_older_than_what_is_learned_changes_nothing(older: Any) -> None:
    seen = Seen([listing(5)], [older])
    seen.informer.learn(obj("a", 8))
    await seen.run()
    assert seen.changes == [("a", None, 8)]


async def test_a_list_older_than_what_is_learned_does_not_make_it_vanish() -> None:
    seen = Seen([listing(5)])
    seen.informer.learn(obj("a", 6))
    await seen.run()
    assert seen.changes == [("a", None, 6)]


async def test_a_change_that_does_not_matter_is_not_told() -> None:
    seen = Seen([listing(5, obj("a", 3))], [added("a", 6)])
    seen.informer._reduce = lambda _item: 1
    await seen.run()
    assert seen.changes == [("a", None, 1)]


async def test_a_watch_that_expires_at_once_every_time_is_asked_for_less_and_less() -> None:
    seen = Seen([listing(5)] * 4, *[[Gone("too old")]] * 3)
    await seen.run()
    assert seen.informer._delay == 1.6


async def test_a_server_that_says_when_to_come_again_is_left_alone_until_then() -> None:
    later = TooManyRequests("later")
    later.retry_after = 0.5
    began = asyncio.get_running_loop().time()
    await Seen([listing(5)], [later]).run()
    assert asyncio.get_running_loop().time() - began > 0.49


async def test_waits_grow_while_nothing_works_and_begin_anew_with_an_event() -> None:
    seen = Seen([listing(5)], [CUT], [CUT], [added("a", 6), CUT])
    await seen.run()
    assert seen.informer._delay == 0.4
