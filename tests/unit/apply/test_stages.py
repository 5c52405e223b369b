"""Walking stages: what a walk does now, where it stops, and when it is worth walking again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.unit.apply.conftest import CONVENTIONS, Cluster, config_map, desired, ref
from trueup.apply.stages import Gates, StageWalker, Walk
from trueup.errors import Forbidden
from trueup.flow import Rendering, Stage
from trueup.objects import Manifest, ObjectRef
from trueup.observe.fights import Fights
from trueup.observe.watches import Watches
from trueup.plan.decide import Remembered


class Walking:
    """A walker over one cluster, on a clock that the test moves."""

    def __init__(self, cluster: Cluster, watches: Watches) -> None:
        self.cluster = cluster
        self.watches = watches
        self.time = 0.0
        self.remembered: dict[ObjectRef, Remembered] = {}
        self._gates = Gates()
        self._walker = StageWalker(watches, cluster.writer, Fights(), lambda: self.time)

    async def walk(self, *stages: list[Manifest], gate: float = 0) -> Walk:
        """One walk over stages of objects, each with a gate of ``gate`` seconds."""
        made = tuple(
            Stage(f"stage-{number}", tuple(map(desired, objects)), gate)
            for number, objects in enumerate(stages)
        )
        rendering = Rendering(made, repr(stages))
        walk = await self._walker.walk(rendering, self.remembered, self._gates)
        for outcome in walk.outcomes:
            if outcome.remembered is not None:
                self.remembered[outcome.ref] = outcome.remembered
        return walk

    async def drift(self, name: str = "web", value: str = "9") -> None:
        """Somebody changes an object, and the watch has seen it."""
        changed = await self.cluster.person.patch(
            ref(name), {"data": {"a": value}}, field_manager="helm"
        )
        self.watches.learn(changed)


@pytest.fixture
async def walking(cluster: Cluster) -> AsyncIterator[Walking]:
    watches = Watches(cluster.ours, CONVENTIONS, lambda _ref: None, lambda: datetime.now(UTC))
    yield Walking(cluster, watches)
    await watches.close()


def done(walk: Walk) -> dict[str, str]:
    return {outcome.ref.name: str(outcome.done) for outcome in walk.outcomes}


def sick(name: str) -> Manifest:
    obj = config_map(name, a="1")
    obj["metadata"]["annotations"]["health"] = "InProgress"
    return obj


async def test_stages_without_gates_are_walked_at_once(walking: Walking) -> None:
    walk = await walking.walk([config_map("a")], [config_map("b")])
    assert (done(walk), walk.blocked) == ({"a": "created", "b": "created"}, "")


async def test_walking_again_writes_nothing(walking: Walking) -> None:
    stages = ([config_map("a")], [config_map("b")])
    await walking.walk(*stages)
    walking.cluster.faults.calls.clear()
    walk = await walking.walk(*stages)
    assert (done(walk), walking.cluster.faults.calls) == ({"a": "unchanged", "b": "unchanged"}, [])


async def test_a_gate_stops_the_walk_until_its_objects_are_healthy(walking: Walking) -> None:
    walk = await walking.walk([sick("a")], [config_map("b")], gate=60)
    assert (done(walk), walk.blocked) == ({"a": "created"}, "waiting for ConfigMap/default/a")
    assert walk.again_in == 60


async def test_a_walk_goes_on_where_the_gate_is_met(walking: Walking) -> None:
    await walking.walk([sick("a")], [config_map("b")], gate=60)
    walking.time = 30
    assert (await walking.walk([sick("a")], [config_map("b")], gate=60)).again_in == 30
    walk = await walking.walk([config_map("a", a="1")], [config_map("b")], gate=60)
    assert done(walk) == {"a": "configured", "b": "created"}


async def test_a_gate_is_not_waited_for_for_ever(walking: Walking) -> None:
    await walking.walk([sick("a")], [config_map("b")], gate=60)
    walking.time = 60
    walk = await walking.walk([sick("a")], [config_map("b")], gate=60)
    assert (done(walk), walk.blocked) == ({"a": "unchanged", "b": "created"}, "")


async def test_a_failure_does_not_stop_what_does_not_stand_on_it(walking: Walking) -> None:
    walking.cluster.faults.fail("PATCH", "/configmaps/a", Forbidden("no"))
    walk = await walking.walk([config_map("a"), config_map("b")], [config_map("c")])
    assert done(walk) == {"a": "failed", "b": "created", "c": "created"}


def namespace(name: str) -> Manifest:
    meta = {"name": name, "labels": {"owner": "apps"}}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": meta}


def inside(name: str) -> Manifest:
    obj = config_map("inside")
    obj["metadata"]["namespace"] = name
    return obj


async def test_objects_of_a_namespace_that_failed_are_not_tried(walking: Walking) -> None:
    walking.cluster.faults.fail("PATCH", "/namespaces/team", Forbidden("no"))
    walk = await walking.walk([namespace("team")], [inside("team"), config_map("b")])
    assert done(walk) == {"team": "failed", "inside": "failed", "b": "created"}
    assert "Namespace/team is not ready" in str(walk.outcomes[1].error)


async def test_what_keeps_a_namespace_from_being_ready_is_said(walking: Walking) -> None:
    leaving = namespace("team")
    leaving["metadata"]["annotations"] = {"health": "Terminating"}
    await walking.walk([leaving], [inside("team")], gate=1)
    await walking.cluster.person.delete(ObjectRef.of(leaving))
    walking.watches.learn(await walking.cluster.person.get(ObjectRef.of(leaving)))
    walking.time = 1
    walk = await walking.walk([leaving], [inside("team")], gate=1)
    assert "Namespace/team is not ready: it is being deleted" in str(walk.outcomes[-1].error)


def definition() -> Manifest:
    schema: dict[str, Any] = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "things.x.io", "labels": {"owner": "apps"}},
        "spec": {
            "group": "x.io",
            "scope": "Namespaced",
            "names": {"kind": "Thing", "plural": "things"},
            "versions": [version],
        },
    }


def thing() -> Manifest:
    return {**config_map("it"), "apiVersion": "x.io/v1", "kind": "Thing"}


async def test_a_kind_and_its_objects_come_in_one_walk(walking: Walking) -> None:
    walk = await walking.walk([definition()], [thing()], gate=60)
    assert done(walk) == {"things.x.io": "created", "it": "created"}


async def test_objects_of_a_kind_that_failed_are_not_tried(walking: Walking) -> None:
    walking.cluster.faults.fail("PATCH", "customresourcedefinitions", Forbidden("no"))
    walk = await walking.walk([definition()], [thing()])
    assert done(walk) == {"things.x.io": "failed", "it": "failed"}


# Fights


async def test_a_drift_is_corrected_at_once(walking: Walking) -> None:
    await walking.walk([config_map(a="1")])
    await walking.drift()
    assert done(await walking.walk([config_map(a="1")])) == {"web": "configured"}


async def test_who_drifts_again_and_again_is_corrected_ever_more_slowly(walking: Walking) -> None:
    await walking.walk([config_map(a="1")])
    for value in ("7", "8"):
        await walking.drift(value=value)
        await walking.walk([config_map(a="1")])
    await walking.drift()
    walk = await walking.walk([config_map(a="1")])
    assert (done(walk), walk.again_in) == ({"web": "waiting"}, 1)
    walking.time = 1
    assert done(await walking.walk([config_map(a="1")])) == {"web": "configured"}


async def test_a_change_in_git_is_never_held_back_by_a_fight(walking: Walking) -> None:
    await walking.walk([config_map(a="1")])
    for value in ("7", "8", "9"):
        await walking.drift(value=value)
        await walking.walk([config_map(a="1")])
    assert done(await walking.walk([config_map(a="2")])) == {"web": "configured"}
    assert walking.remembered[ref()].sent == desired(config_map(a="2")).digest
