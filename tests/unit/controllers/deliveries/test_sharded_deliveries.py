"""Deliveries and sources in two shards, each with controllers of its own: as true as in one.

Every source and delivery here is in the left or in the right shard, as its name says.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest

from tests.unit.controllers.conftest import (
    GIT_REPOSITORY,
    KUSTOMIZATION,
    NAMESPACE,
    Stage,
    condition,
    config_map,
    config_map_ref,
    ref_of,
)
from trueup.cluster import Client
from trueup.controllers.replicas.shard import Shard
from trueup.controlplane.inprocess import InProcessTransport
from trueup.testing.faults import Faults
from trueup.wiring import CONTROLLER, Controllers


def name_in(number: int, start: str) -> str:
    """A name that begins with ``start`` and that is in the shard ``number`` of two."""
    names = (f"{start}{n}" for n in count())
    return next(name for name in names if Shard(number, 2).owns(ref_of(KUSTOMIZATION, name)))


REPO, OTHER_REPO = name_in(0, "left-repo"), name_in(1, "right-repo")
LEFT, RIGHT = name_in(0, "left"), name_in(1, "right")
SOURCE = {"kind": "GitRepository", "name": REPO}
SLOWLY = {"sourceRef": SOURCE, "interval": "1h", "retryInterval": "1h"}
"""Nothing happens because of the clock."""


@dataclass
class Half:
    """The controllers of one shard; ``faults`` knows what they asked for."""

    faults: Faults
    controllers: Controllers

    def wrote_to(self, name: str) -> bool:
        return any(path.rpartition("/status")[0].endswith(name) for _, path in self.faults.writes)


@pytest.fixture
async def halves(stage: Stage, tmp_path: Path) -> AsyncIterator[tuple[Half, Half]]:
    await stage.stop_controllers()
    left, right = (half(stage, tmp_path, number) for number in range(2))
    tasks = [asyncio.create_task(each.controllers.run()) for each in (left, right)]
    await stage.source(REPO)
    yield left, right
    for task in tasks:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def half(stage: Stage, folder: Path, number: int) -> Half:
    faults = Faults(InProcessTransport(stage.embedded.plane, CONTROLLER))
    cache, shard = folder / f"cache{number}", Shard(number, 2)
    return Half(faults, Controllers(Client(faults), cache, allow_local=True, shard=shard))


async def commit(stage: Stage, files: dict[str, str | None]) -> str:
    """Commit, and have the source look at once; the revision."""
    found = stage.repo.commit(files)
    token = {"metadata": {"annotations": {"reconcile.fluxcd.io/requestedAt": found}}}
    await stage.patch(ref_of(GIT_REPOSITORY, REPO), token)
    return f"main@sha1:{found}"


async def deliver(stage: Stage, *names: str) -> None:
    for name in names:
        await stage.delivery(name, **SLOWLY)
    for name in names:
        await stage.ready(name)


async def uid_of(stage: Stage, name: str) -> str:
    return str((await stage.person.get(config_map_ref(name)))["metadata"]["uid"])


async def test_each_shard_writes_what_it_owns_and_nothing_else(
    stage: Stage, halves: tuple[Half, Half]
) -> None:
    left, right = halves
    await commit(stage, {f"{LEFT}/a.yaml": config_map("a"), f"{RIGHT}/b.yaml": config_map("b")})
    await deliver(stage, LEFT, RIGHT)
    assert [left.wrote_to(name) for name in (REPO, LEFT, RIGHT)] == [True, True, False]
    assert [right.wrote_to(name) for name in (REPO, LEFT, RIGHT)] == [False, False, True]


async def test_a_source_is_fetched_only_where_a_delivery_needs_it(
    stage: Stage, halves: tuple[Half, Half], tmp_path: Path
) -> None:
    await commit(stage, {f"{LEFT}/a.yaml": config_map("a"), f"{RIGHT}/b.yaml": config_map("b")})
    await deliver(stage, LEFT)
    assert not list(tmp_path.glob("cache1/git/*.git"))
    await deliver(stage, RIGHT)
    assert list(tmp_path.glob("cache1/git/*.git"))


async def test_a_commit_reaches_the_deliveries_of_all_shards(
    stage: Stage, halves: tuple[Half, Half]
) -> None:
    await commit(stage, {f"{LEFT}/a.yaml": config_map("a"), f"{RIGHT}/b.yaml": config_map("b")})
    await deliver(stage, LEFT, RIGHT)
    files = {f"{LEFT}/a.yaml": config_map("a", k="2"), f"{RIGHT}/b.yaml": config_map("b", k="2")}
    revision = await commit(stage, files)
    for name in (LEFT, RIGHT):
        await stage.ready(name, revision)


async def test_a_source_that_includes_one_of_another_shard_comes_to_both(
    stage: Stage, halves: tuple[Half, Half]
) -> None:
    await commit(stage, {f"{RIGHT}/a.yaml": config_map("a")})
    await stage.source(OTHER_REPO)
    include = {"include": [{"repository": {"name": REPO}, "fromPath": RIGHT, "toPath": "in"}]}
    await stage.patch(ref_of(GIT_REPOSITORY, OTHER_REPO), {"spec": include})
    await stage.until(
        ref_of(GIT_REPOSITORY, OTHER_REPO), lambda obj: "observedInclude" in obj.get("status", {})
    )
    source = {"kind": "GitRepository", "name": OTHER_REPO}
    for name in (LEFT, RIGHT):
        await stage.delivery(name, **{**SLOWLY, "sourceRef": source, "path": "./in"})
        await stage.ready(name)


async def test_a_delivery_waits_for_one_of_another_shard_and_goes_on_at_once(
    stage: Stage, halves: tuple[Half, Half]
) -> None:
    await commit(stage, {f"{LEFT}/a.yaml": config_map("a"), f"{RIGHT}/b.yaml": config_map("b")})
    await stage.delivery(RIGHT, **SLOWLY, dependsOn=[{"name": LEFT}])
    await stage.failing(RIGHT, text="not found")
    await stage.delivery(LEFT, **SLOWLY)
    await stage.ready(RIGHT)


async def test_a_cycle_over_two_shards_is_told(stage: Stage, halves: tuple[Half, Half]) -> None:
    await commit(stage, {f"{LEFT}/a.yaml": config_map("a"), f"{RIGHT}/b.yaml": config_map("b")})
    for name, other in ((LEFT, RIGHT), (RIGHT, LEFT)):
        await stage.delivery(name, **{**SLOWLY, "retryInterval": "1s"}, dependsOn=[{"name": other}])
    for name in (LEFT, RIGHT):
        await stage.failing(name, text="circular dependency")


async def test_objects_that_change_places_between_two_shards_are_handed_over(
    stage: Stage, halves: tuple[Half, Half]
) -> None:
    await commit(stage, {f"{LEFT}/a.yaml": config_map("a"), f"{RIGHT}/b.yaml": config_map("b")})
    await deliver(stage, LEFT, RIGHT)
    before = [await uid_of(stage, "a"), await uid_of(stage, "b")]
    files = {f"{LEFT}/a.yaml": config_map("b"), f"{RIGHT}/b.yaml": config_map("a")}
    revision = await commit(stage, files)
    for name in (LEFT, RIGHT):
        await stage.ready(name, revision)
    assert [await uid_of(stage, "a"), await uid_of(stage, "b")] == before


async def test_what_a_delivery_of_another_shard_has_applied_too_is_not_pruned(
    stage: Stage, halves: tuple[Half, Half]
) -> None:
    both = {f"{name}/a.yaml": config_map("a") for name in (LEFT, RIGHT)}
    await commit(stage, {**both, f"{LEFT}/rest.yaml": config_map("rest")})
    await deliver(stage, LEFT, RIGHT)
    before = await uid_of(stage, "a")
    await stage.patch(ref_of(KUSTOMIZATION, RIGHT), {"spec": {"suspend": True}})
    await stage.patch(config_map_ref("a"), labels_of(LEFT))
    revision = await commit(stage, {f"{LEFT}/a.yaml": None})
    await stage.ready(LEFT, revision)
    assert await uid_of(stage, "a") == before


def labels_of(name: str) -> dict[str, object]:
    group = "kustomize.toolkit.fluxcd.io"
    return {"metadata": {"labels": {f"{group}/name": name, f"{group}/namespace": NAMESPACE}}}


async def test_a_delivery_says_why_its_replica_cannot_fetch_what_another_one_could(
    stage: Stage, tmp_path: Path
) -> None:
    await stage.stop_controllers()
    left = half(stage, tmp_path, 0)
    faults = Faults(InProcessTransport(stage.embedded.plane, CONTROLLER))
    refusing = Controllers(Client(faults), tmp_path / "cache1", shard=Shard(1, 2))
    tasks = [asyncio.create_task(each.run()) for each in (left.controllers, refusing)]
    await stage.source(REPO)
    await commit(stage, {f"{RIGHT}/a.yaml": config_map("a")})
    await stage.delivery(RIGHT, **SLOWLY)
    found = await stage.failing(RIGHT, text="cannot be fetched by the replica")
    assert "local path" in condition(found, "Ready")["message"]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
