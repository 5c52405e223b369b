"""State is in the API: after a restart everything goes on, and nothing is done that is not needed."""

from __future__ import annotations

from collections import Counter

from tests.unit.controllers.conftest import Stage, config_map, config_map_ref


async def test_a_restart_goes_on_where_it_was(stage: Stage) -> None:
    stage.repo.commit({"app/a.yaml": config_map("a", key="1")})
    await stage.source()
    await stage.delivery()
    await stage.ready()
    await stage.restart()
    revision = await stage.commit({"app/a.yaml": config_map("a", key="2")})
    await stage.ready(revision=revision)


async def test_drift_that_came_while_nobody_looked_is_undone(stage: Stage) -> None:
    stage.repo.commit({"app/a.yaml": config_map("a", key="1")})
    await stage.source()
    await stage.delivery()
    await stage.ready()
    await stage.stop_controllers()
    await stage.patch(config_map_ref("a"), {"data": {"key": "mine"}}, manager="someone")
    await stage.restart()
    await stage.until(config_map_ref("a"), lambda obj: obj["data"] == {"key": "1"})


async def test_a_restart_writes_nothing_where_nothing_changed(stage: Stage) -> None:
    stage.repo.commit({"app/a.yaml": config_map("a", key="1")})
    await stage.source()
    await stage.delivery()
    await stage.ready()
    await stage.looked_at()
    before = await stage.versions()
    await stage.restart()
    await stage.looked_at()
    assert await stage.versions() == before


async def test_a_restart_renders_nothing_that_did_not_change(stage: Stage) -> None:
    stage.repo.commit({"app/a.yaml": config_map("a", key="1")})
    await stage.source()
    await stage.delivery()
    await stage.ready()
    await stage.restart()
    await stage.looked_at()
    assert stage.embedded.controllers.deliveries.renderings.made == 0


async def test_a_change_that_came_while_nobody_looked_is_rendered(stage: Stage) -> None:
    stage.repo.commit({"app/a.yaml": config_map("a", key="1")})
    await stage.source()
    await stage.delivery()
    await stage.ready()
    await stage.stop_controllers()
    stage.repo.commit({"app/a.yaml": config_map("a", key="2")})
    await stage.restart()
    await stage.until(config_map_ref("a"), lambda obj: obj["data"] == {"key": "2"})


async def test_a_look_without_a_change_makes_no_call(stage: Stage) -> None:
    stage.repo.commit({"app/a.yaml": config_map("a", key="1")})
    await stage.source()
    await stage.delivery()
    await stage.ready()
    await stage.looked_at()
    calls = stage.count_calls()
    await stage.look_again()
    assert calls == Counter()
