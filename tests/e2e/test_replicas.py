"""Two ``trueup controller`` before one API server: what becomes of the work when the leader is gone.

Who leads when, to the second, is in ``tests/unit/controllers/test_leader.py``.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from itertools import groupby
from pathlib import Path
from time import monotonic

import pytest

from tests.e2e.homes import HOMES
from tests.e2e.replicas import Team, Write, config_map, config_map_ref, delivery, source, team_in
from trueup.controllers.replicas.leader import lease_ref
from trueup.testing.controller import Controller

pytestmark = pytest.mark.e2e

COUNT = 40
AT_ONCE = 8
"""Applies that a replica has on their way at most."""
HAND_OVER = 60.0
"""Seconds, on a machine that has other things to do: to the second it is in the unit tests."""
LEASE = lease_ref("default", "trueup-controller")
NAMES = [f"c{n}" for n in range(COUNT)]


@pytest.fixture(params=HOMES)
async def team(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Team]:
    async with team_in(tmp_path, request.param) as team:
        yield team


@pytest.fixture
async def pair(team: Team) -> tuple[Controller, Controller]:
    """The first leads and has made all live, the second stands by."""
    team.repo.commit({f"app/{name}.yaml": config_map(name, "1") for name in NAMES})
    first, second = await team.replica("first"), await team.replica("second")
    await first.start()
    await team.create(source(team.repo), delivery("app"))
    await team.live(NAMES, "1")
    await team.stand_by(second)
    return first, second


async def test_a_kill_of_the_leader_in_the_middle_of_an_apply_is_survived(
    team: Team, pair: tuple[Controller, Controller]
) -> None:
    first, second = pair
    await team.commit({f"app/{name}.yaml": config_map(name, "2") for name in NAMES})
    await team.seen(lambda writes: sum(is_second(each) for each in writes) > COUNT // 4)
    await first.kill()
    killed = monotonic()
    await team.person.patch(config_map_ref("c0"), DRIFT, field_manager="somebody")
    await team.live(NAMES, "2")
    assert team.took_over("second", killed) - killed < HAND_OVER
    assert not late_writes(team)
    assert all(contents(team.applies(name)) == ["1", "2"] for name in NAMES)
    await team.person.patch(config_map_ref("c1"), DRIFT, field_manager="somebody")
    await team.live(NAMES, "2")
    assert await second.stop() == 0
    released = await team.person.get(LEASE)
    assert "holderIdentity" not in released["spec"]


async def test_a_leader_that_was_frozen_for_a_while_writes_nothing_when_it_wakes_up(
    team: Team, pair: tuple[Controller, Controller]
) -> None:
    first, _ = pair
    with team.unheard("first"):  # so that it is in the middle, but not just sending something
        await team.commit({f"app/{name}.yaml": config_map(name, "2") for name in NAMES})
        await team.seen(lambda writes: sum(map(is_second, writes)) == AT_ONCE)
        first.pause()
        await team.live(NAMES, "2")
    first.resume()
    await team.commit({f"app/{name}.yaml": config_map(name, "3") for name in NAMES})
    await team.live(NAMES, "3")
    assert not late_writes(team)
    assert all(contents(team.applies(name)) == ["1", "2", "3"] for name in NAMES)


DRIFT = {"data": {"k": "drift"}}


def is_second(write: Write) -> bool:
    return "/configmaps/" in write.path and write.content == "2"


def began(team: Team, replica: str) -> float:
    """When its first write came that is not about the election."""
    return min(each.at for each in team.writes if each.replica == replica and is_work(each))


def late_writes(team: Team) -> list[Write]:
    """What the first one wrote after the second had begun."""
    since = began(team, "second")
    return [e for e in team.writes if e.replica == "first" and is_work(e) and e.at >= since]


def is_work(write: Write) -> bool:
    return "/leases" not in write.path


def contents(applies: Iterable[Write]) -> list[str]:
    """What an object was applied with, one after another."""
    return [content for content, _ in groupby(each.content for each in applies)]
