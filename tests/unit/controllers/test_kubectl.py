"""What people do to delivered objects by kubectl is undone, also where Git says nothing of it."""

from __future__ import annotations

from .conftest import Stage, config_map, config_map_ref


async def test_a_field_that_kubectl_added_goes_again_and_is_recorded(stage: Stage) -> None:
    stage.repo.commit({"app/a.yaml": config_map("a", key="1")})
    await stage.source()
    await stage.delivery()
    await stage.ready()
    await stage.patch(config_map_ref("a"), {"data": {"extra": "2"}}, manager="kubectl-edit")
    await stage.until(config_map_ref("a"), lambda obj: obj["data"] == {"key": "1"})
    await stage.until((await stage.record()).ref, lambda obj: bool(obj.get("drifts")))
    [drift] = (await stage.record()).drifts
    assert [(field.path, field.found) for field in drift.fields] == [(".data.extra", '"2"')]
    assert [manager.manager for manager in drift.managers] == ["kubectl-edit"]


async def test_a_field_that_another_controller_added_stays(stage: Stage) -> None:
    stage.repo.commit({"app/a.yaml": config_map("a", key="1")})
    await stage.source()
    await stage.delivery()
    await stage.ready()
    await stage.patch(config_map_ref("a"), {"data": {"extra": "2"}}, manager="reflector")
    await stage.look_again()
    live = await stage.person.get(config_map_ref("a"))
    assert live["data"] == {"key": "1", "extra": "2"}
