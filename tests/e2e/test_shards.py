"""Replicas with ``--shards 3``: all of them work, and whoever dies, nothing is left undone.

Who takes which shard when is in ``tests/unit/controllers/test_shards.py``, what deliveries of two
shards have to do with each other in ``test_sharded_deliveries.py``.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from pathlib import Path
from time import monotonic

import pytest

from tests.e2e.homes import HOMES
from tests.e2e.replicas import Team, Write, config_map, config_map_ref, delivery, source, team_in
from trueup.testing.controller import Controller

pytestmark = pytest.mark.e2e

NAMES = [f"app{n}" for n in range(12)]
TAKE_OVER = 60.0
"""Seconds, on a machine that has other things to do: to the second it is in the unit tests."""
SHARDS = ("--shards", "3")


@pytest.fixture(params=HOMES)
async def team(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Team]:
    async with team_in(tmp_path, request.param) as team:
        yield team


@pytest.fixture
async def trio(team: Team) -> dict[str, Controller]:
    """One shard each, and twelve deliveries of one source that are live."""
    names = ("first", "second", "third")
    replicas = {name: await team.replica(name, *SHARDS) for name in names}
    await asyncio.gather(*(each.start() for each in replicas.values()))
    await serving(team, names)
    team.repo.commit(files("1"))
    await team.create(source(team.repo), *map(delivery, NAMES))
    await team.live(NAMES, "1")
    return replicas


async def test_all_replicas_work_and_another_serves_what_a_dead_one_had(
    team: Team, trio: dict[str, Controller]
) -> None:
    fourth = await team.replica("fourth", *SHARDS)
    await team.stand_by(fourth)
    assert {each.replica for each in team.applies()} == {"first", "second", "third"}
    await trio["first"].kill()
    killed = monotonic()
    await team.person.patch(config_map_ref(NAMES[0]), DRIFT, field_manager="somebody")
    await team.commit(files("2"))
    await team.live(NAMES, "2")
    assert team.took_over("fourth", killed) - killed < TAKE_OVER
    assert not any(shared(team, "2"))
    await trio["second"].kill()
    await team.commit(files("3"))
    await team.live(NAMES, "3")
    assert {each.replica for each in team.applies() if each.content == "3"} <= {"third", "fourth"}


async def test_a_new_replica_gets_a_shard_of_one_that_has_several(
    team: Team, trio: dict[str, Controller]
) -> None:
    await trio["first"].stop()
    await trio["second"].stop()
    await team.commit(files("2"))
    await team.live(NAMES, "2")
    fourth = await team.replica("fourth", *SHARDS)
    await fourth.start()
    await serving(team, ("third", "fourth"))
    await team.commit(files("3"))
    await team.live(NAMES, "3")
    assert {each.replica for each in team.applies() if each.content == "3"} == {"third", "fourth"}
    assert not any(shared(team, "3"))


DRIFT = {"data": {"k": "drift"}}


def files(value: str) -> dict[str, str | None]:
    return {f"{name}/a.yaml": config_map(name, value) for name in NAMES}


async def serving(team: Team, names: tuple[str, ...]) -> None:
    """Returns when each of the three Leases was last written by one of ``names``, and all by some."""

    def holds(writes: list[Write]) -> bool:
        last = {each.path[-1]: each.replica for each in writes if "/leases/" in each.path}
        return {last.get(number) for number in "012"} == set(names)

    await team.seen(holds)


def shared(team: Team, value: str) -> list[str]:
    """Objects that more than one replica has applied with ``value``."""
    writers = defaultdict(set)
    for each in team.applies():
        if each.content == value:
            writers[each.path].add(each.replica)
    return [path for path, replicas in writers.items() if len(replicas) > 1]
