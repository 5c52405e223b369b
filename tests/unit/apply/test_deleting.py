"""Deleting only what still is ours, and still is what we think it is."""

from __future__ import annotations

import pytest

from tests.unit.apply.conftest import Cluster, config_map, ref
from trueup.apply import Done
from trueup.errors import Forbidden

PATH = "/configmaps/web"


async def uid(cluster: Cluster) -> str:
    live = await cluster.get()
    assert live is not None
    found: str = live["metadata"]["uid"]
    return found


async def test_an_object_of_ours_is_deleted(cluster: Cluster) -> None:
    await cluster.person.create(config_map(), field_manager="test")
    outcome = await cluster.writer.delete(ref(), await uid(cluster))
    assert (outcome.done, await cluster.get()) == (Done.DELETED, None)


async def test_an_object_that_is_gone_already_is_deleted(cluster: Cluster) -> None:
    outcome = await cluster.writer.delete(ref(), "1")
    assert (outcome.done, outcome.reason) == (Done.DELETED, "was gone already")


async def test_an_object_of_another_uid_is_kept(cluster: Cluster) -> None:
    await cluster.person.create(config_map(), field_manager="test")
    outcome = await cluster.writer.delete(ref(), "another")
    assert (outcome.done, outcome.reason) == (
        Done.SKIPPED,
        "it is another object than the one that was applied",
    )


@pytest.mark.parametrize(
    ("say", "labels", "reason"),
    [
        ("", {}, "it is no longer marked as this delivery's"),
        ("", {"owner": "other"}, "it is no longer marked as this delivery's"),
        ("keep", {"owner": "apps"}, "it says not to be pruned"),
        ("leave", {"owner": "apps"}, "it says to be left alone"),
    ],
)
async def test_what_is_not_ours_or_says_so_is_kept(
    cluster: Cluster, say: str, labels: dict[str, str], reason: str
) -> None:
    obj = config_map(say=say)
    obj["metadata"]["labels"] = labels
    await cluster.person.create(obj, field_manager="test")
    outcome = await cluster.writer.delete(ref())
    assert (outcome.done, outcome.reason, await cluster.get() is not None) == (
        Done.SKIPPED,
        reason,
        True,
    )


async def test_an_object_that_was_replaced_at_the_last_moment_is_kept(cluster: Cluster) -> None:
    await cluster.person.create(config_map(), field_manager="test")

    async def replace() -> None:
        await cluster.person.delete(ref())
        await cluster.person.create(config_map(a="1"), field_manager="someone")

    cluster.faults.meanwhile("DELETE", PATH, replace)
    outcome = await cluster.writer.delete(ref(), await uid(cluster))
    assert (outcome.done, await cluster.get() is not None) == (Done.FAILED, True)


async def test_a_refusal_is_told(cluster: Cluster) -> None:
    await cluster.person.create(config_map(), field_manager="test")
    error = Forbidden("no")
    cluster.faults.fail("DELETE", PATH, error)
    outcome = await cluster.writer.delete(ref())
    assert (outcome.done, outcome.error) == (Done.FAILED, error)
