"""Somebody who changes the same field again and again: corrected, slower each time, and named."""

from __future__ import annotations

from tests.unit.controllers.conftest import Stage, config_map, config_map_ref


async def fight(stage: Stage, rounds: int) -> None:
    """Change a field as soon as it is put back, ``rounds`` times."""
    for number in range(rounds):
        await stage.until(config_map_ref("a"), lambda obj: obj["data"] == {"key": "1"})
        change = {"data": {"key": f"mine-{number}"}}
        await stage.patch(config_map_ref("a"), change, manager="other-controller")


async def test_a_fight_is_recorded_as_one_with_the_other_side(stage: Stage) -> None:
    stage.repo.commit({"app/a.yaml": config_map("a", key="1")})
    await stage.source()
    await stage.delivery()
    await stage.ready()
    await fight(stage, 3)
    backing_off = {"action": "BackingOff"}
    await stage.until(
        (await stage.record()).ref,
        lambda obj: any(d.items() >= backing_off.items() for d in obj.get("drifts") or ()),
    )
    found = next(d for d in (await stage.record()).drifts if d.action == "BackingOff")
    assert [manager.manager for manager in found.managers] == ["other-controller"]


async def test_another_delivery_of_the_same_object_is_the_other_side(stage: Stage) -> None:
    files = {"app/a.yaml": config_map("a", key="1"), "too/a.yaml": config_map("a", key="2")}
    stage.repo.commit(files)
    await stage.source()
    await stage.delivery()
    await stage.ready()
    await stage.delivery("too")
    record = await stage.until((await stage.record()).ref, lambda obj: bool(obj.get("drifts")))
    [drift, *_] = record["drifts"]
    assert [hand["manager"] for hand in drift["managers"]] == ["kustomize-controller"]
    mark = next(field for field in drift["fields"] if "toolkit.fluxcd.io/name" in field["path"])
    assert mark["found"] == '"too"'


async def test_a_fight_that_goes_on_writes_nothing_while_it_waits(stage: Stage) -> None:
    stage.repo.commit({"app/a.yaml": config_map("a", key="1")})
    await stage.source()
    await stage.delivery()
    await stage.ready()
    await fight(stage, 4)
    await stage.looked_at()
    calls = stage.count_calls()
    for number in range(20):
        change = {"data": {"key": f"again-{number}"}}
        await stage.patch(config_map_ref("a"), change, manager="other-controller")
        await stage.looked_at()
    assert sum(calls.values()) <= 6


async def test_the_last_word_is_gits(stage: Stage) -> None:
    stage.repo.commit({"app/a.yaml": config_map("a", key="1")})
    await stage.source()
    await stage.delivery()
    await stage.ready()
    await fight(stage, 3)
    await stage.until(config_map_ref("a"), lambda obj: obj["data"] == {"key": "1"})
