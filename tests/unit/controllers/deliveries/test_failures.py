"""What goes wrong with one delivery: said clearly, kept to itself, and over when it is mended."""

from __future__ import annotations

import pytest

from tests.unit.controllers.conftest import (
    KUSTOMIZATION,
    Stage,
    condition,
    config_map,
    config_map_ref,
    ref_of,
)
from trueup.objects import ObjectRef


async def test_a_missing_path_is_named(stage: Stage) -> None:
    stage.repo.commit({"app/a.yaml": config_map("a")})
    await stage.source()
    await stage.delivery("gone")
    failed = await stage.failing("gone", text="kustomization path not found")
    assert condition(failed, "Ready")["reason"] == "ArtifactFailed"


async def test_a_file_that_does_not_parse_is_named(stage: Stage) -> None:
    stage.repo.commit({"app/a.yaml": "a: [1\n"})
    await stage.source()
    await stage.delivery()
    failed = await stage.failing(text="app/a.yaml")
    assert condition(failed, "Ready")["reason"] == "BuildFailed"


async def test_it_is_live_once_the_file_is_mended(stage: Stage) -> None:
    stage.repo.commit({"app/a.yaml": "a: [1\n"})
    await stage.source()
    await stage.delivery()
    await stage.failing()
    revision = await stage.commit({"app/a.yaml": config_map("a")})
    await stage.ready(revision=revision)
    assert await stage.get(config_map_ref("a")) is not None


async def test_a_failed_object_does_not_stop_the_others(stage: Stage) -> None:
    stage.repo.commit(
        {"app/a.yaml": config_map("a"), "app/b.yaml": config_map("b", namespace="nowhere")}
    )
    await stage.source()
    await stage.delivery()
    await stage.failing(text="ConfigMap/nowhere/b")
    assert await stage.get(config_map_ref("a")) is not None


async def test_nothing_is_pruned_while_an_object_fails(stage: Stage) -> None:
    stage.repo.commit({"app/a.yaml": config_map("a"), "app/b.yaml": config_map("b")})
    await stage.source()
    await stage.delivery()
    await stage.ready()
    await stage.commit({"app/a.yaml": None, "app/c.yaml": config_map("c", namespace="nowhere")})
    await stage.failing(text="ConfigMap/nowhere/c")
    assert await stage.get(config_map_ref("a")) is not None


async def test_a_failing_delivery_does_not_hold_up_the_one_beside_it(stage: Stage) -> None:
    stage.repo.commit({"app/a.yaml": "a: [1\n", "good/b.yaml": config_map("b")})
    await stage.source()
    await stage.delivery()
    await stage.delivery("good")
    await stage.ready("good")
    await stage.failing()


async def test_a_defect_of_our_own_is_told_where_the_delivery_is_looked_for(stage: Stage) -> None:
    async def defective(*_: object) -> None:
        raise KeyError("metadata")

    stage.repo.commit({"app/a.yaml": config_map("a")})
    stage.embedded.controllers.deliveries.renderings.render = defective  # type: ignore[method-assign]
    await stage.source()
    await stage.delivery()
    failed = await stage.failing(text="unknown to Trueup (KeyError); report it")
    assert condition(failed, "Ready")["reason"] == "BuildFailed"


async def test_a_defect_outside_of_rendering_is_told_as_well(stage: Stage) -> None:
    def defective(*_: object) -> None:
        raise KeyError("metadata")

    stage.repo.commit({"app/a.yaml": config_map("a")})
    stage.embedded.controllers.deliveries.memory.remembered = defective  # type: ignore[method-assign,assignment]
    await stage.source()
    await stage.delivery()
    failed = await stage.failing(text="unknown to Trueup (KeyError); report it")
    assert condition(failed, "Ready")["reason"] == "ReconciliationFailed"


@pytest.mark.parametrize("part", ["renderings.render", "memory.remembered"])
async def test_a_log_tells_where_a_defect_came_up_and_not_what_it_holds(
    stage: Stage, caplog: pytest.LogCaptureFixture, part: str
) -> None:
    def defective(*_: object) -> None:
        raise ValueError("-".join(("canary", "1b7c")))

    owner, name = part.split(".")
    setattr(getattr(stage.embedded.controllers.deliveries, owner), name, defective)
    stage.repo.commit({"app/a.yaml": config_map("a")})
    await stage.source()
    await stage.delivery()
    await stage.failing(text="unknown to Trueup (ValueError); report it")
    assert ("in defective" in caplog.text, "canary-1b7c" in caplog.text) == (True, False)


async def test_a_source_that_is_not_there_is_named(stage: Stage) -> None:
    await stage.source()
    await stage.delivery(sourceRef={"kind": "GitRepository", "name": "nope"})
    failed = await stage.failing(text="GitRepository/flux-system/nope")
    assert condition(failed, "Ready")["reason"] == "ArtifactFailed"


async def test_a_suspended_source_without_an_artifact_is_named(stage: Stage) -> None:
    await stage.source(suspend=True)
    await stage.delivery()
    await stage.failing(text="GitRepository/flux-system/repo' has no artifact: it is suspended")


async def test_a_secret_that_stays_encrypted_is_told_as_flux_tells_it(stage: Stage) -> None:
    secret = "{apiVersion: v1, kind: Secret, metadata: {name: s, namespace: apps}, sops: {mac: x}}"
    stage.repo.commit({"app/s.yaml": secret})
    await stage.source()
    await stage.delivery()
    await stage.failing(text="Secret/apps/s is SOPS encrypted, configuring decryption is required")


async def test_an_empty_rendering_is_held_and_deletes_nothing(stage: Stage) -> None:
    stage.repo.commit({"app/a.yaml": config_map("a"), "app/b.yaml": config_map("b")})
    await stage.source()
    await stage.delivery()
    await stage.ready()
    await stage.commit({"app/a.yaml": None, "app/b.yaml": None, "app/README": "moved"})
    failed = await stage.failing(text="held")
    assert condition(failed, "Ready")["reason"] == "PruneFailed"
    assert await stage.get(config_map_ref("a")) is not None


async def test_a_held_prune_goes_on_when_it_is_confirmed(stage: Stage) -> None:
    stage.repo.commit({"app/a.yaml": config_map("a"), "app/b.yaml": config_map("b")})
    await stage.source()
    await stage.delivery()
    await stage.ready()
    revision = await stage.commit({"app/a.yaml": None, "app/b.yaml": None, "app/README": "x"})
    await stage.failing(text="held")
    confirmed = {"metadata": {"annotations": {"trueup.dev/confirm-prune": revision}}}
    await stage.patch(ref_of(KUSTOMIZATION, "app"), confirmed)
    await stage.ready(revision=revision)
    assert await stage.get(config_map_ref("a")) is None


async def test_a_cycle_of_dependencies_is_named(stage: Stage) -> None:
    stage.repo.commit({"app/a.yaml": config_map("a"), "other/b.yaml": config_map("b")})
    await stage.source()
    await stage.delivery(dependsOn=[{"name": "other"}])
    await stage.delivery("other", dependsOn=[{"name": "app"}])
    failed = await stage.failing("other", text="circular dependency")
    assert condition(failed, "Ready")["reason"] == "DependencyNotReady"


async def test_health_that_does_not_come_in_time_fails_with_the_object(stage: Stage) -> None:
    stage.repo.commit({"app/a.yaml": _DEPLOYMENT})
    await stage.source()
    await stage.delivery(wait=True, timeout="1s")
    failed = await stage.failing(text="Deployment/default/web status: 'InProgress'")
    assert condition(failed, "Ready")["reason"] == "HealthCheckFailed"
    assert condition(failed, "Healthy")["status"] == "False"


async def test_it_is_live_as_soon_as_the_health_comes(stage: Stage) -> None:
    stage.repo.commit({"app/a.yaml": _DEPLOYMENT})
    await stage.source()
    await stage.delivery(wait=True, timeout="1s")
    await stage.failing(text="health check failed")
    await stage.person.patch(
        ObjectRef("apps", "Deployment", "default", "web", "v1"),
        {"status": _AVAILABLE},
        field_manager="someone",
        subresource="status",
    )
    await stage.ready()


@pytest.mark.parametrize(
    ("spec", "text"),
    [
        ({"interval": "often"}, "interval"),
        ({"kubeConfig": {"secretRef": {"name": "none"}}}, "Secret/flux-system/none"),
        ({"postBuild": {"substituteFrom": [{"kind": "Secret", "name": "no"}]}}, "Secret"),
        ({"healthCheckExprs": [{"apiVersion": "v1", "kind": "A", "current": "a +"}]}, "a +"),
        ({"components": ["/etc"]}, "/etc"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
async def test_a_spec_that_cannot_work_says_what_is_wrong(
    stage: Stage, spec: dict[str, object], text: str
) -> None:
    stage.repo.commit({"app/a.yaml": config_map("a")})
    await stage.source()
    assert text in await stage.complaint(**spec)


_DEPLOYMENT = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: default}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: nginx}]}
"""

_AVAILABLE = {
    "observedGeneration": 1,
    "replicas": 1,
    "updatedReplicas": 1,
    "readyReplicas": 1,
    "availableReplicas": 1,
    "conditions": [
        {"type": "Available", "status": "True"},
        {"type": "Progressing", "status": "True", "reason": "NewReplicaSetAvailable"},
    ],
}
