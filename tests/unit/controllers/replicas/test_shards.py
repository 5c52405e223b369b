"""Several replicas that share three shards: all are served, each by one replica, whoever dies.

Which of them takes what is in ``test_balance``, the election for one Lease in ``test_leader``.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence

import pytest

from tests.unit.controllers.conftest import Stage, config_map_ref
from tests.unit.controllers.replicas.replica import LEASE, HandClock, Replica, looked, so
from trueup.cluster import Client
from trueup.controllers.replicas.leader import lease_ref
from trueup.controllers.replicas.shard import Shard
from trueup.errors import Unavailable

N = 3


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
async def trio(stage: Stage, clock: HandClock) -> AsyncIterator[list[Replica]]:
    """One shard each."""
    replicas = [Replica(stage, clock, shards=N) for _ in range(N)]
    for replica in replicas:
        replica.start()
    await balanced(replicas)
    yield replicas
    for replica in replicas:
        await replica.stop()


async def balanced(replicas: Sequence[Replica], *counts: int) -> None:
    """Returns when they serve all shards, so many each (default: one)."""
    wanted = sorted(counts or (1 for _ in replicas))
    await so(lambda: served(replicas) == list(range(N)))
    await so(lambda: sorted(each.busy.total() for each in replicas) == wanted)


def served(replicas: Sequence[Replica]) -> list[int]:
    return sorted(shard for each in replicas for shard in each.busy.elements())


async def test_one_replica_alone_serves_all_shards(stage: Stage, clock: HandClock) -> None:
    replica = Replica(stage, clock, shards=N)
    replica.start()
    await balanced([replica], N)
    assert [str(shard) for shard in replica.election.served] == [
        "shard 0 of 3",
        "shard 1 of 3",
        "shard 2 of 3",
    ]
    await replica.stop()


async def test_a_new_replica_gets_what_the_others_have_too_much(
    stage: Stage, clock: HandClock
) -> None:
    replicas: list[Replica] = []
    for counts in ((3,), (2, 1), (1, 1, 1), (1, 1, 1, 0)):
        replicas.append(Replica(stage, clock, shards=N))
        replicas[-1].start()
        await balanced(replicas, *counts)
    for replica in replicas:
        await replica.stop()


async def test_nobody_takes_the_shard_of_a_dead_replica_before_its_lease_ends(
    trio: list[Replica], clock: HandClock
) -> None:
    await trio[0].kill()
    clock.at += 9.9
    await looked(trio[1])
    assert len(served(trio[1:])) == 2


async def test_the_others_take_the_shard_of_a_dead_replica(
    trio: list[Replica], clock: HandClock
) -> None:
    await trio[0].kill()
    await looked(trio[1])
    await looked(trio[2])
    clock.at += 10
    await balanced(trio[1:], 1, 2)


async def test_the_last_one_takes_all(trio: list[Replica], clock: HandClock) -> None:
    for replica in trio[:2]:
        await replica.kill()
    await looked(trio[2])
    clock.at += 10
    await balanced(trio[2:], 3)


async def test_a_standby_takes_the_shard_of_a_dead_replica(
    stage: Stage, trio: list[Replica], clock: HandClock
) -> None:
    standby = Replica(stage, clock, shards=N)
    standby.start()
    await so(lambda: len(standby.faults.writes) > 0)
    await trio[0].kill()
    for replica in (standby, *trio[1:]):
        await looked(replica)
    clock.at += 10
    await balanced([standby, *trio[1:]])
    await standby.stop()


async def test_a_clean_stop_hands_over_at_once(trio: list[Replica]) -> None:
    await trio[0].stop()
    await balanced(trio[1:], 1, 2)


async def test_a_replica_that_cannot_renew_ends_its_work_before_others_may_begin(
    trio: list[Replica], clock: HandClock
) -> None:
    trio[0].cut_off()
    clock.at += 7
    await so(lambda: not trio[0].works)
    assert len(served(trio)) < 3


async def test_who_lost_a_shard_may_send_nothing_more_for_it(
    stage: Stage, clock: HandClock
) -> None:
    clients: list[Client] = []

    async def work(_shard: Shard, client: Client) -> None:
        clients.append(client)
        await asyncio.Event().wait()

    replica = Replica(stage, clock, shards=N)
    replica.start(work)
    await so(lambda: len(clients) == N)
    await clients[0].find(config_map_ref("a"))
    clock.at += 7  # no time to stop the work: as after a process was frozen
    with pytest.raises(Unavailable, match="leads no more"):
        await clients[0].find(config_map_ref("a"))
    await replica.stop()


async def test_replicas_with_another_number_of_shards_wait_until_the_last_has_ended(
    stage: Stage, trio: list[Replica], clock: HandClock
) -> None:
    newer = Replica(stage, clock, shards=2)
    newer.start()
    await trio[0].stop()
    await trio[1].stop()
    await looked(newer)
    assert not newer.works
    await trio[2].stop()
    await so(lambda: newer.busy.total() == 2)
    await newer.stop()


async def test_replicas_with_another_number_wait_also_when_somebody_deletes_the_leases(
    stage: Stage, trio: list[Replica], clock: HandClock
) -> None:
    newer = Replica(stage, clock, shards=2)
    newer.start()
    await looked(newer)
    for number in range(N):
        await stage.person.delete(lease_ref(LEASE.namespace, f"{LEASE.name}-{number}"))
    await looked(newer)
    assert not newer.works
    await newer.stop()


async def test_a_leader_of_all_and_replicas_with_shards_keep_out_of_each_others_way(
    stage: Stage, clock: HandClock
) -> None:
    leader, part = Replica(stage, clock), Replica(stage, clock, shards=N)
    leader.start()
    await so(lambda: leader.works)
    part.start()
    await looked(part)
    assert not part.works
    await leader.stop()
    await so(lambda: part.busy.total() == N)
    await part.stop()


async def test_of_replicas_with_different_numbers_that_begin_at_once_one_kind_works(
    stage: Stage, clock: HandClock
) -> None:
    kinds = [Replica(stage, clock, shards=count) for count in (1, 2, 3)]
    for replica in kinds:
        replica.start()
    await so(lambda: any(replica.works for replica in kinds))
    await looked(kinds[0])
    assert sum(replica.works for replica in kinds) == 1
    for replica in kinds:
        await replica.stop()


async def test_whoever_waits_for_another_number_of_shards_says_so(
    stage: Stage, trio: list[Replica], clock: HandClock, caplog: pytest.LogCaptureFixture
) -> None:
    newer = Replica(stage, clock, shards=5)
    with caplog.at_level(logging.WARNING, "trueup.controllers.replicas.shards"):
        newer.start()
        await looked(newer)
    (message,) = [record.message for record in caplog.records]
    assert "started with --shards 5" in message
    assert "works with --shards 3" in message
    await newer.stop()


async def test_a_lease_of_a_shard_is_like_that_of_any_kubernetes_controller(
    stage: Stage, trio: list[Replica]
) -> None:
    names = [f"{LEASE.name}-{number}" for number in range(N)]
    found = [await stage.person.get(lease_ref(LEASE.namespace, name)) for name in names]
    holders = {lease["spec"]["holderIdentity"] for lease in found}
    assert holders == {replica.election.me for replica in trio}
    assert {lease["metadata"]["annotations"]["trueup.dev/shards"] for lease in found} == {"3"}
