"""From a commit to live objects and back: what a delivery brings, follows, prunes and repairs.

What statuses say is in ``test_statuses.py``, failures in ``test_failures.py``.
"""

from __future__ import annotations

from tests.unit.controllers.conftest import KUSTOMIZATION, Stage, config_map, config_map_ref, ref_of


async def test_a_commit_becomes_live(stage: Stage) -> None:
    stage.repo.commit({"app/a.yaml": config_map("a", key="1")})
    await stage.source()
    await stage.delivery()
    await stage.ready()
    live = await stage.get(config_map_ref("a"))
    assert live is not None
    assert live["data"] == {"key": "1"}


async def test_every_object_carries_the_labels_of_its_owner(stage: Stage) -> None:
    stage.repo.commit({"app/a.yaml": config_map("a")})
    await stage.source()
    await stage.delivery()
    await stage.ready()
    live = await stage.get(config_map_ref("a"))
    assert live is not None
    assert live["metadata"]["labels"] == {
        "kustomize.toolkit.fluxcd.io/name": "app",
        "kustomize.toolkit.fluxcd.io/namespace": "flux-system",
    }


async def test_a_new_commit_is_followed(stage: Stage) -> None:
    stage.repo.commit({"app/a.yaml": config_map("a", key="1")})
    await stage.source()
    await stage.delivery()
    await stage.ready()
    revision = await stage.commit({"app/a.yaml": config_map("a", key="2")})
    await stage.ready(revision=revision)
    live = await stage.get(config_map_ref("a"))
    assert live is not None
    assert live["data"] == {"key": "2"}


async def test_what_a_commit_removes_is_pruned(stage: Stage) -> None:
    stage.repo.commit({"app/a.yaml": config_map("a"), "app/b.yaml": config_map("b")})
    await stage.source()
    await stage.delivery()
    await stage.ready()
    revision = await stage.commit({"app/b.yaml": None})
    await stage.ready(revision=revision)
    assert await stage.get(config_map_ref("b")) is None
    assert await stage.get(config_map_ref("a")) is not None


async def test_without_prune_it_stays(stage: Stage) -> None:
    stage.repo.commit({"app/a.yaml": config_map("a"), "app/b.yaml": config_map("b")})
    await stage.source()
    await stage.delivery(prune=False)
    await stage.ready()
    revision = await stage.commit({"app/b.yaml": None})
    await stage.ready(revision=revision)
    assert await stage.get(config_map_ref("b")) is not None


async def test_a_changed_field_is_put_back_and_recorded_with_its_author(stage: Stage) -> None:
    stage.repo.commit({"app/a.yaml": config_map("a", key="1")})
    await stage.source()
    await stage.delivery()
    await stage.ready()
    await stage.patch(config_map_ref("a"), {"data": {"key": "mine"}}, manager="someone")
    await stage.until(config_map_ref("a"), lambda obj: obj["data"] == {"key": "1"})
    await stage.until((await stage.record()).ref, lambda obj: bool(obj.get("drifts")))
    [drift] = (await stage.record()).drifts
    assert [(f.path, f.expected, f.found) for f in drift.fields] == [(".data.key", '"1"', '"mine"')]
    assert [manager.manager for manager in drift.managers] == ["someone"]
    assert drift.action == "Corrected"


async def test_a_deleted_object_comes_back(stage: Stage) -> None:
    stage.repo.commit({"app/a.yaml": config_map("a")})
    await stage.source()
    await stage.delivery()
    await stage.ready()
    await stage.person.delete(config_map_ref("a"))
    await stage.until(config_map_ref("a"), lambda obj: True)
    await stage.until((await stage.record()).ref, lambda obj: bool(obj.get("drifts")))
    [drift] = (await stage.record()).drifts
    assert (drift.type, drift.action) == ("Deleted", "Recreated")


async def test_a_field_that_somebody_else_adds_stays(stage: Stage) -> None:
    stage.repo.commit({"app/a.yaml": config_map("a", key="1")})
    await stage.source()
    await stage.delivery()
    await stage.ready()
    await stage.patch(config_map_ref("a"), {"data": {"other": "2"}}, manager="someone")
    revision = await stage.commit({"app/a.yaml": config_map("a", key="3")})
    await stage.ready(revision=revision)
    live = await stage.get(config_map_ref("a"))
    assert live is not None
    assert live["data"] == {"key": "3", "other": "2"}


async def test_what_kubectl_adds_stays_until_git_changes_the_object(stage: Stage) -> None:
    stage.repo.commit({"app/a.yaml": config_map("a", key="1")})
    await stage.source()
    await stage.delivery()
    await stage.ready()
    await stage.patch(config_map_ref("a"), {"data": {"extra": "2"}}, manager="kubectl-edit")
    await stage.looked_at()
    live = await stage.person.get(config_map_ref("a"))
    assert live["data"] == {"key": "1", "extra": "2"}
    revision = await stage.commit({"app/a.yaml": config_map("a", key="3")})
    await stage.ready(revision=revision)
    live = await stage.person.get(config_map_ref("a"))
    assert live["data"] == {"key": "3"}


async def test_an_object_that_moves_to_another_delivery_is_handed_over(stage: Stage) -> None:
    stage.repo.commit(
        {
            "app/a.yaml": config_map("a"),
            "app/b.yaml": config_map("b"),
            "next/c.yaml": config_map("c"),
        }
    )
    await stage.source()
    await stage.delivery()
    await stage.delivery("next")
    await stage.ready()
    await stage.ready("next")
    before = await stage.get(config_map_ref("b"))
    revision = await stage.commit({"app/b.yaml": None, "next/b.yaml": config_map("b")})
    await stage.ready(revision=revision)
    await stage.ready("next", revision)
    after = await stage.get(config_map_ref("b"))
    assert before is not None
    assert after is not None
    assert after["metadata"]["uid"] == before["metadata"]["uid"]
    assert after["metadata"]["labels"]["kustomize.toolkit.fluxcd.io/name"] == "next"


async def test_an_object_stays_that_moves_to_a_delivery_which_still_waits(stage: Stage) -> None:
    stage.repo.commit({"app/a.yaml": config_map("a"), "app/b.yaml": config_map("b")})
    await stage.source()
    await stage.delivery()
    await stage.ready()
    before = await stage.get(config_map_ref("b"))
    revision = await stage.commit(
        {"app/b.yaml": None, "next/b.yaml": config_map("b"), "gate/c.yaml": config_map("c")}
    )
    await stage.delivery("next", dependsOn=[{"name": "gate"}])
    await stage.ready(revision=revision)
    await stage.delivery("gate")
    await stage.ready("next", revision)
    after = await stage.get(config_map_ref("b"))
    assert before is not None
    assert after is not None
    assert after["metadata"]["uid"] == before["metadata"]["uid"]


async def test_deleting_the_delivery_deletes_what_it_brought(stage: Stage) -> None:
    stage.repo.commit({"app/a.yaml": config_map("a")})
    await stage.source()
    await stage.delivery()
    await stage.ready()
    await stage.person.delete(ref_of(KUSTOMIZATION, "app"))
    await stage.gone(ref_of(KUSTOMIZATION, "app"))
    assert await stage.get(config_map_ref("a")) is None


async def test_an_orphaning_delivery_leaves_what_it_brought(stage: Stage) -> None:
    stage.repo.commit({"app/a.yaml": config_map("a")})
    await stage.source()
    await stage.delivery(deletionPolicy="Orphan")
    await stage.ready()
    await stage.person.delete(ref_of(KUSTOMIZATION, "app"))
    await stage.gone(ref_of(KUSTOMIZATION, "app"))
    assert await stage.get(config_map_ref("a")) is not None


async def test_an_event_says_that_all_is_live_and_when_the_next_look_is(stage: Stage) -> None:
    stage.repo.commit({"app/a.yaml": config_map("a")})
    await stage.source()
    await stage.delivery(interval="90m", wait=True)
    await stage.event("Health check passed in ")
    message = await stage.event("Reconciliation finished in ")
    assert message.endswith(", next run in 1h30m0s")
