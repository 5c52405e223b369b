"""Every fault of the table: it ends, and the delivery is what Git says, with nothing else touched.

What is expected while a fault lasts is in the table; what holds after each of them is here.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from pathlib import Path
from time import monotonic
from uuid import uuid4

from tests.faults.cases import UNCHANGED, Case, Says
from tests.faults.homes import Home
from tests.faults.injections import INJECTIONS
from tests.faults.stage import Stage, stage
from tests.faults.story import eventually
from trueup.objects import Manifest

_BEFORE = {"keep": "1", "change": "1", "new": None, "drop": "1", "foreign": "1"}
_AFTER = {"keep": "1", "change": "2", "new": "1", "drop": None, "foreign": "1"}

_LINES = 40
"""Lines per second that a log may grow by."""


async def survives(home: Home, case: Case, folder: Path) -> float:
    """Plays the whole story; returns how many requests per second came while the fault lasted."""
    async with stage(home, case, folder, f"team-{uuid4().hex[:8]}") as playing:
        story = playing.story
        await story.deliver(case.brings)
        await story.live(**_BEFORE)
        await playing.calm()
        foreign, before = await story.foreign(), await story.identities()
        rate = await _go_through(playing, case)
        await story.live(**{**_AFTER, **case.after})
        await playing.calm()
        after = await story.identities()
        assert {name for name in before if before[name] != after.get(name)} <= {"drop"}
        assert await story.foreign() == foreign
        assert await story.has_all()
        return rate


async def _go_through(playing: Stage, case: Case) -> float:
    """The fault comes, work comes, what is expected is seen, and the fault ends."""
    before = await playing.story.condition("Kustomization")
    async with INJECTIONS[case.fault](playing, **case.options):
        began, lines = monotonic(), playing.log_lines()
        playing.story.commit()
        await playing.story.drift()
        await _expected(playing, case)
        await asyncio.sleep(began + case.lasts - monotonic())
        if case.meanwhile == UNCHANGED:
            assert await playing.story.condition("Kustomization") == before
        seconds, requests = monotonic() - began, playing.proxy.arrived_since(began)
        assert len(requests) <= case.most * seconds, Counter(requests)
        assert playing.log_lines() - lines <= _LINES * seconds
    return round(len(requests) / seconds, 1)


async def _expected(playing: Stage, case: Case) -> None:
    match case.meanwhile:
        case Says() as said:
            await _says(playing, said)
        case "live":
            await playing.story.live(**_AFTER)
        case "gone":
            assert await playing.story.condition("Kustomization") == {}
    if case.log:
        await eventually(lambda: _logs(playing, case.log), f"the log says {case.log}")


async def _says(playing: Stage, said: Says) -> None:
    seen: list[Manifest] = []

    async def look() -> bool | None:
        seen[:] = [await playing.story.condition(said.kind, said.condition)]
        found = seen[0]
        is_so = (found.get("status"), found.get("reason")) == (said.status, said.reason)
        return (is_so and re.search(said.message, found["message"]) is not None) or None

    try:
        await eventually(look, f"there is {said}")
    except AssertionError as error:
        raise AssertionError(f"{error}; it is {seen}") from error


async def _logs(playing: Stage, pattern: str) -> bool | None:
    return re.search(pattern, playing.logged()) is not None or None
