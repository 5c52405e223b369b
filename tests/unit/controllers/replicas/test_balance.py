"""Which shards a replica takes and gives: ``tests/cases/controllers/balance.yaml``, and the end of it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trueup.controllers.replicas.balance import Seats, shard_to_give, shard_to_take, stands_by
from trueup.controllers.replicas.shard import Shard
from trueup.objects import ObjectRef, yaml

CASES = Path(__file__).parents[3] / "cases" / "controllers" / "balance.yaml"
TABLE: list[dict[str, Any]] = yaml.load(CASES.read_bytes())

REFS = [ObjectRef("g", "Kustomization", "team", f"app-{n}", "v1") for n in range(2000)]


@pytest.mark.parametrize("case", TABLE, ids=[case["name"] for case in TABLE])
def test_a_replica(case: dict[str, Any]) -> None:
    holders = {n: "" if name == "-" else name for n, name in enumerate(case["holders"])}
    seats = Seats(holders, case.get("standby", ""))
    said = {
        "takes": shard_to_take(seats, "me") is not None,
        "gives": shard_to_give(seats, "me"),
        "stands_by": stands_by(seats, "me"),
    }
    assert {
        key: value for key, value in said.items() if value or (value == 0 and key == "gives")
    } == (case["expect"])


@given(
    holders=st.lists(st.sampled_from(["", "a", "b", "c", "d"]), min_size=1, max_size=9),
    order=st.permutations(["a", "b", "c", "d"]),
)
def test_in_the_end_all_shards_are_served_and_nobody_has_two_more_than_another(
    holders: list[str], order: list[str]
) -> None:
    seats = dict(enumerate(holders))
    for _ in range(len(holders) * len(order)):
        standby = next((name for name in order if name not in seats.values()), "")
        for me in order:
            act(seats, standby, me)
    counts = Counter(dict.fromkeys(order, 0))
    counts.update(seats.values())
    assert set(counts) == set(order)
    assert max(counts.values()) - min(counts.values()) < 2


def act(seats: dict[int, str], standby: str, me: str) -> None:
    if standby in seats.values():
        standby = ""
    table = Seats(dict(seats), standby)
    if (taken := shard_to_take(table, me)) is not None:
        seats[taken] = me
    elif (given_up := shard_to_give(table, me)) is not None:
        seats[given_up] = ""


@pytest.mark.parametrize("count", [2, 3, 7])
def test_each_object_is_in_one_shard(count: int) -> None:
    shards = [Shard(number, count) for number in range(count)]
    assert all(sum(shard.owns(ref) for shard in shards) == 1 for ref in REFS)


@pytest.mark.parametrize("count", [2, 3, 7])
def test_shards_are_of_equal_size(count: int) -> None:
    sizes = [sum(Shard(number, count).owns(ref) for ref in REFS) for number in range(count)]
    assert max(sizes) < 1.2 * min(sizes)


def test_one_shard_more_takes_from_the_others_only_what_it_gets() -> None:
    moved = [ref for ref in REFS if any(left(ref, number) for number in range(3))]
    assert all(Shard(3, 4).owns(ref) for ref in moved)
    assert len(moved) == sum(Shard(3, 4).owns(ref) for ref in REFS)


def left(ref: ObjectRef, number: int) -> bool:
    return Shard(number, 3).owns(ref) and not Shard(number, 4).owns(ref)


def test_a_source_and_a_delivery_of_one_name_are_in_one_shard() -> None:
    sources = [ObjectRef("s", "GitRepository", ref.namespace, ref.name, "v1") for ref in REFS]
    shard = Shard(1, 3)
    assert [shard.owns(ref) for ref in sources] == [shard.owns(ref) for ref in REFS]
