"""Several replicas on one control plane: one works, the others stand by, and the lead changes hands."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.unit.controllers.conftest import Stage, config_map, config_map_ref
from tests.unit.controllers.replicas.replica import LEASE, LEASES, HandClock, Replica, looked, so
from trueup.cluster import Client
from trueup.controllers.clock import Clock
from trueup.controllers.replicas.lease import Terms
from trueup.controllers.replicas.shard import Shard
from trueup.errors import Conflict, Unavailable
from trueup.objects import Manifest
from trueup.wiring import Controllers


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
async def pair(stage: Stage, clock: HandClock) -> AsyncIterator[tuple[Replica, Replica]]:
    """The first leads, the second stands by and has seen that."""
    first, second = Replica(stage, clock), Replica(stage, clock)
    first.start()
    await so(lambda: first.works)
    second.start()
    await looked(second)
    yield first, second
    await first.stop()
    await second.stop()


async def holder(stage: Stage) -> str:
    spec: Manifest = (await stage.person.get(LEASE))["spec"]
    return str(spec.get("holderIdentity"))


async def test_the_first_one_leads_and_the_second_waits(
    stage: Stage, pair: tuple[Replica, Replica]
) -> None:
    first, second = pair
    assert (first.works, second.works) == (True, False)
    assert await holder(stage) == first.election.me


async def test_the_lease_is_like_that_of_any_kubernetes_controller(
    stage: Stage, pair: tuple[Replica, Replica]
) -> None:
    spec = (await stage.person.get(LEASE))["spec"]
    assert set(spec) == {
        *("holderIdentity", "leaseDurationSeconds", "acquireTime", "renewTime"),
        "leaseTransitions",
    }
    assert spec["leaseDurationSeconds"] == 10


async def test_a_standby_says_once_whom_it_waits_for(
    stage: Stage,
    pair: tuple[Replica, Replica],
    clock: HandClock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    third = Replica(stage, clock)
    with caplog.at_level(logging.INFO, "trueup.controllers.replicas.shards"):
        third.start()
        await looked(third)
    assert [record.message for record in caplog.records if "waiting" in record.message] == [
        f"waiting: {pair[0].election.me} leads, and holds {LEASE}"
    ]
    await third.stop()


async def test_after_a_kill_nobody_leads_before_the_lease_ends(
    pair: tuple[Replica, Replica], clock: HandClock
) -> None:
    first, second = pair
    await first.kill()
    clock.at += 9.9
    await looked(second)
    assert not second.works


async def test_after_a_kill_the_other_leads_when_the_lease_has_ended(
    stage: Stage, pair: tuple[Replica, Replica], clock: HandClock
) -> None:
    first, second = pair
    await first.kill()
    await looked(second)
    clock.at += 10
    await so(lambda: second.works)
    assert await holder(stage) == second.election.me


async def test_a_clean_stop_hands_over_at_once(pair: tuple[Replica, Replica]) -> None:
    first, second = pair
    await first.stop()
    await so(lambda: second.works)
    assert not first.works


async def test_a_leader_that_cannot_renew_stops_working_at_the_deadline(
    pair: tuple[Replica, Replica], clock: HandClock
) -> None:
    first, second = pair
    first.cut_off()
    clock.at += 7
    await so(lambda: not first.works)
    assert not second.works


async def test_a_leader_whose_server_is_silent_stops_working_and_begins_anew(
    stage: Stage,
) -> None:
    replica = Replica(stage, Clock(), Terms(duration=2, deadline=0.3, retry=0.05))
    replica.start()
    await so(lambda: replica.works)
    replica.faults.meanwhile("PUT", LEASES, asyncio.Event().wait)
    await so(lambda: replica.terms_begun == 2)
    await replica.stop()


async def test_a_leader_stops_working_before_it_asks_what_became_of_its_lead(stage: Stage) -> None:
    replica = Replica(stage, Clock(), Terms(duration=4, deadline=1, retry=0.7))
    replica.start()
    await so(lambda: replica.works)
    replica.faults.fail("PUT", LEASES, Unavailable("away"), times=10**9)
    await so(lambda: not replica.works)
    assert replica.asked_last != "GET"
    await replica.stop()


async def test_who_lost_the_lead_is_a_candidate_again(
    pair: tuple[Replica, Replica], clock: HandClock
) -> None:
    first, second = pair
    await second.stop()
    first.faults.fail("PUT", LEASES, Unavailable("away"), times=10**9)
    clock.at += 7
    await so(lambda: not first.works)
    first.faults.mend()
    await so(lambda: first.works)
    assert first.terms_begun == 2


async def test_a_server_that_is_away_for_less_than_the_deadline_changes_nothing(
    pair: tuple[Replica, Replica], clock: HandClock
) -> None:
    first, second = pair
    for replica in pair:
        replica.faults.fail("GET", LEASES, Unavailable("away"), times=2)
    first.faults.fail("PUT", LEASES, Unavailable("away"), times=2)
    clock.at += 6.9
    await looked(first)
    clock.at += 6.9
    await looked(first)
    assert (first.works, first.terms_begun, second.terms_begun) == (True, 1, 0)


async def test_a_storm_of_conflicts_leaves_the_lead_where_it_is(
    pair: tuple[Replica, Replica], clock: HandClock
) -> None:
    first, second = pair
    first.faults.fail("PUT", LEASES, Conflict("somebody labelled it"), times=4)
    for _ in range(2):
        clock.at += 6
        await looked(first)
    assert (first.works, first.terms_begun, second.terms_begun) == (True, 1, 0)


async def test_whoever_finds_another_name_in_the_lease_stops_at_once(
    stage: Stage, pair: tuple[Replica, Replica]
) -> None:
    first, _ = pair
    await stage.patch(LEASE, {"spec": {"holderIdentity": "by-hand"}})
    await so(lambda: not first.works)


async def test_a_lease_that_somebody_deletes_comes_back_with_the_same_holder(
    stage: Stage, pair: tuple[Replica, Replica]
) -> None:
    first, second = pair
    before = (await stage.person.get(LEASE))["metadata"]["uid"]
    await stage.person.delete(LEASE)
    found = await stage.until(LEASE, lambda obj: obj["metadata"]["uid"] != before)
    assert found["spec"]["holderIdentity"] == first.election.me
    assert not second.works


async def test_a_defect_in_the_work_ends_the_run_and_frees_the_lease(
    stage: Stage, clock: HandClock
) -> None:
    async def broken(shard: Shard, client: Client) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await Replica(stage, clock).election.run(broken)
    assert await holder(stage) == "None"


async def test_the_controllers_of_the_standby_write_nothing_and_go_on_after_a_kill(
    stage: Stage, clock: HandClock, tmp_path: Path
) -> None:
    await stage.stop_controllers()
    first, second = Replica(stage, clock), Replica(stage, clock)
    for number, replica in enumerate((first, second)):
        cache = tmp_path / f"cache{number}"
        replica.start(lambda _, client, at=cache: Controllers(client, at, allow_local=True).run())
        await so(lambda: bool(first.election.served))
    stage.repo.commit({"app/a.yaml": config_map("a", key="1")})
    await stage.source()
    await stage.delivery()
    await stage.ready()
    assert second.faults.writes == []
    uid = (await stage.person.get(config_map_ref("a")))["metadata"]["uid"]
    await first.kill()
    await looked(second)
    revision = await stage.commit({"app/a.yaml": config_map("a", key="2")})
    clock.at += 10
    await stage.ready(revision=revision)
    live = await stage.person.get(config_map_ref("a"))
    assert (live["data"], live["metadata"]["uid"]) == ({"key": "2"}, uid)
    await second.stop()
