"""The level-triggered contract of the work queue, on a clock that the test moves."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trueup.cluster import Backoff, WorkQueue
from trueup.errors import Conflict, NotFound, Unavailable


class Clock:
    def __init__(self) -> None:
        self.time = 0.0

    def __call__(self) -> float:
        return self.time


def due(queue: WorkQueue[str]) -> list[str]:
    """The keys that are due now, in order, each done at once."""
    out = []
    while (key := _next(queue)) is not None:
        out.append(key)
        queue.done(key)
    return out


def _next(queue: WorkQueue[str]) -> str | None:
    """The next key if one is due: ``get`` then returns without a wait."""
    step = queue.get().__await__()
    try:
        next(step)
    except StopIteration as stop:
        found: str = stop.value
        return found
    step.close()  # type: ignore[attr-defined]
    return None


async def test_a_key_added_often_is_worked_on_once() -> None:
    queue: WorkQueue[str] = WorkQueue(Clock())
    for key in ("a", "b", "a", "a"):
        queue.add(key)
    assert due(queue) == ["a", "b"]


async def test_a_key_added_while_worked_on_comes_back_after() -> None:
    queue: WorkQueue[str] = WorkQueue(Clock())
    queue.add("a")
    assert _next(queue) == "a"
    queue.add("a")
    assert _next(queue) is None
    queue.done("a")
    assert due(queue) == ["a"]


async def test_a_later_time_is_waited_for() -> None:
    clock = Clock()
    queue: WorkQueue[str] = WorkQueue(clock)
    queue.add_after("a", 10)
    assert due(queue) == []
    clock.time = 10
    assert due(queue) == ["a"]


async def test_the_earlier_of_two_times_counts_and_once() -> None:
    clock = Clock()
    queue: WorkQueue[str] = WorkQueue(clock)
    for seconds in (10, 5, 20):
        queue.add_after("a", seconds)
    clock.time = 5
    assert due(queue) == ["a"]
    clock.time = 30
    assert due(queue) == []


async def test_an_event_comes_before_a_later_time_and_replaces_it() -> None:
    clock = Clock()
    queue: WorkQueue[str] = WorkQueue(clock)
    queue.add_after("a", 10)
    queue.add("a")
    assert due(queue) == ["a"]
    clock.time = 10
    assert due(queue) == []


async def test_a_cancelled_time_does_not_come() -> None:
    clock = Clock()
    queue: WorkQueue[str] = WorkQueue(clock)
    queue.add_after("a", 10)
    queue.cancel("a")
    clock.time = 10
    assert due(queue) == []


async def test_a_failure_is_tried_again_and_holds_up_nobody() -> None:
    queue: WorkQueue[str] = WorkQueue()
    seen: list[str] = []
    healed = asyncio.Event()

    async def reconcile(key: str) -> None:
        seen.append(key)
        if seen.count("bad") == 2:
            healed.set()
        if key == "bad":
            raise ValueError("once more")

    queue.add("bad")
    queue.add("good")
    task = asyncio.create_task(queue.run(reconcile, workers=1))
    await healed.wait()
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    assert seen == ["bad", "good", "bad"]


async def test_no_key_is_ever_with_two_workers() -> None:
    queue: WorkQueue[int] = WorkQueue()
    working: set[int] = set()
    done = 0
    finished = asyncio.Event()

    async def reconcile(key: int) -> None:
        nonlocal done
        assert key not in working
        working.add(key)
        queue.add((key + 1) % 3)
        await asyncio.sleep(0)
        working.discard(key)
        done += 1
        if done > 200:
            finished.set()

    queue.add(0)
    task = asyncio.create_task(queue.run(reconcile, workers=4))
    await finished.wait()
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def test_what_is_added_behind_does_not_hold_up_what_is_due() -> None:
    queue: WorkQueue[str] = WorkQueue()
    seen: list[str] = []
    finished = asyncio.Event()

    async def reconcile(key: str) -> None:
        seen.append(key)
        await asyncio.sleep(0)
        if len(seen) == 21:
            finished.set()

    for number in range(20):
        queue.add_behind(f"behind {number}")
    queue.add("first")
    task = asyncio.create_task(queue.run(reconcile, workers=1))
    await finished.wait()
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    assert "first" in seen[:3]


async def test_what_was_added_behind_and_is_due_as_well_comes_once() -> None:
    queue: WorkQueue[str] = WorkQueue(Clock())
    queue.add_behind("a")
    queue.add("a")
    queue.add_behind("a")
    assert due(queue) == ["a"]
    assert len(queue) == 0


async def test_later_times_that_were_overtaken_do_not_pile_up() -> None:
    queue: WorkQueue[str] = WorkQueue(Clock())
    for _ in range(1_000):
        queue.add_after("a", 3600)
        queue.add("a")
        due(queue)
    assert len(queue._heap) < 200


async def failing_once(error: Exception) -> None:
    """Run a queue whose only key fails with ``error``, then is fine."""
    queue: WorkQueue[str] = WorkQueue()
    finished = asyncio.Event()
    errors = [error]

    async def reconcile(_key: str) -> None:
        if errors:
            raise errors.pop()
        finished.set()

    queue.add("a")
    task = asyncio.create_task(queue.run(reconcile, workers=1))
    await finished.wait()
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def test_a_failure_is_one_line_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    await failing_once(ExceptionGroup("several", [Conflict("changed"), NotFound("gone")]))
    assert caplog.messages == ["reconcile of a failed, again in 0.1 s: changed; gone"]
    assert "Traceback" not in caplog.text


async def test_the_log_tells_where_a_defect_is(caplog: pytest.LogCaptureFixture) -> None:
    await failing_once(KeyError("hunter2"))
    assert "raise errors.pop()\nKeyError" in caplog.text
    assert "hunter2" not in caplog.text  # what a defect met may be secret


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 5)), max_size=20))
def test_every_key_that_was_asked_for_comes_by_the_time(asked: list[tuple[str, int]]) -> None:
    async def scenario() -> set[str]:
        clock = Clock()
        queue: WorkQueue[str] = WorkQueue(clock)
        for key, seconds in asked:
            queue.add_after(key, seconds)
        clock.time = 5
        return set(due(queue))

    assert asyncio.run(scenario()) == {key for key, _ in asked}


def test_waits_double_up_to_the_most_and_a_success_forgets_them() -> None:
    backoff: Backoff[str] = Backoff(first=1, most=5)
    waits = [backoff.failed("a") for _ in range(4)]
    backoff.succeeded("a")
    waits.append(backoff.failed("a"))
    shares = [wait / whole for wait, whole in zip(waits, [1, 2, 4, 5, 1], strict=True)]
    assert all(0.8 <= share <= 1 for share in shares)


def test_two_keys_that_fail_together_do_not_stay_together() -> None:
    backoff: Backoff[int] = Backoff()
    assert len({backoff.failed(key) for key in range(20)}) > 1


async def test_when_all_fail_they_do_not_all_come_back_at_once() -> None:
    clock = Clock()
    queue: WorkQueue[int] = WorkQueue(clock)

    async def fail(_key: int) -> float | None:
        raise Unavailable("down")

    for key in range(400):
        queue.add(key)
    task = asyncio.create_task(queue.run(fail))
    while len(queue):
        await asyncio.sleep(0)
    clock.time = 10
    queue.wake()
    assert len(queue) == pytest.approx(200, abs=2)
    task.cancel()
