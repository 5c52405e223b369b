"""The fields of a Kustomization, and the annotations of its objects, each by what it brings about."""

from __future__ import annotations

from typing import Any

from tests.unit.controllers.conftest import (
    KUSTOMIZATION,
    Stage,
    condition,
    config_map,
    config_map_ref,
    ref_of,
)
from tests.unit.controllers.replicas.replica import so
from trueup.objects import ObjectRef, yaml

CONTROL = "kustomize.toolkit.fluxcd.io"


async def live(stage: Stage, name: str, namespace: str = "default") -> dict[str, Any]:
    found = await stage.get(config_map_ref(name, namespace))
    assert found is not None
    return found


def controlled(name: str, control: str, value: str, **data: str) -> str:
    """A ConfigMap with one of the annotations that say how it is handled."""
    obj = yaml.load(config_map(name, **data))
    obj["metadata"]["annotations"] = {f"{CONTROL}/{control}": value}
    return yaml.dump(obj)


async def test_target_namespace_moves_every_object(stage: Stage) -> None:
    stage.repo.commit({"app/a.yaml": config_map("a")})
    await stage.source()
    await stage.delivery(targetNamespace="flux-system")
    await stage.ready()
    await live(stage, "a", "flux-system")


async def test_patches_and_common_metadata_are_laid_over(stage: Stage) -> None:
    stage.repo.commit({"app/a.yaml": config_map("a", key="1")})
    await stage.source()
    patch = "- {op: replace, path: /data/key, value: patched}"
    await stage.delivery(
        patches=[{"patch": patch, "target": {"kind": "ConfigMap"}}],
        commonMetadata={"annotations": {"team": "web"}},
    )
    await stage.ready()
    found = await live(stage, "a")
    assert found["data"] == {"key": "patched"}
    assert found["metadata"]["annotations"]["team"] == "web"


async def test_variables_are_filled_from_the_spec_and_from_a_secret(stage: Stage) -> None:
    stage.repo.commit({"app/a.yaml": config_map("a", key="${one}-${two}")})
    await stage.source()
    await stage.apply(
        "{apiVersion: v1, kind: Secret, metadata: {name: vars, namespace: flux-system},"
        " stringData: {two: b}}"
    )
    reference = {"kind": "Secret", "name": "vars"}
    await stage.delivery(postBuild={"substitute": {"one": "a"}, "substituteFrom": [reference]})
    await stage.ready()
    assert (await live(stage, "a"))["data"] == {"key": "a-b"}


async def test_a_changed_variable_is_followed_at_once(stage: Stage) -> None:
    stage.repo.commit({"app/a.yaml": config_map("a", key="is-${one}")})
    await stage.source()
    await stage.apply(config_map("vars", "flux-system", one="1"))
    await stage.delivery(postBuild={"substituteFrom": [{"kind": "ConfigMap", "name": "vars"}]})
    await stage.ready()
    await stage.apply(config_map("vars", "flux-system", one="2"))
    await stage.until(config_map_ref("a"), lambda obj: obj["data"] == {"key": "is-2"})


async def test_a_dependency_comes_first_and_its_readiness_is_passed_on(stage: Stage) -> None:
    stage.repo.commit({"app/a.yaml": config_map("a"), "base/b.yaml": "a: [1\n"})
    await stage.source()
    await stage.delivery("base")
    await stage.delivery(dependsOn=[{"name": "base"}])
    waiting = await stage.failing(text="dependency 'flux-system/base' is not ready")
    assert condition(waiting, "Ready")["reason"] == "DependencyNotReady"
    assert await stage.get(config_map_ref("a")) is None
    await stage.commit({"base/b.yaml": config_map("b")})
    await stage.ready()


async def test_a_ready_expression_replaces_the_built_in_test(stage: Stage) -> None:
    stage.repo.commit({"app/a.yaml": config_map("a"), "base/b.yaml": "a: [1\n"})
    await stage.source()
    await stage.delivery("base")
    expression = "dep.spec.path == './base' && self.metadata.name == 'app'"
    await stage.delivery(dependsOn=[{"name": "base", "readyExpr": expression}])
    await stage.ready()


async def test_a_suspended_delivery_does_nothing_until_it_is_resumed(stage: Stage) -> None:
    stage.repo.commit({"app/a.yaml": config_map("a")})
    await stage.source()
    await stage.delivery(suspend=True)
    await stage.delivery("other", path="./app")
    await stage.ready("other")
    paused = await stage.get(ref_of(KUSTOMIZATION, "app"))
    assert paused is not None
    assert not condition(paused, "Ready")
    await stage.delivery(suspend=False)
    await stage.ready()


async def test_health_by_expressions_replaces_the_built_in_reading(stage: Stage) -> None:
    stage.repo.commit({"app/a.yaml": config_map("a", state="building")})
    await stage.source()
    rule = {"apiVersion": "v1", "kind": "ConfigMap", "current": "data.state == 'built'"}
    rule["failed"] = "data.state == 'broken'"
    await stage.delivery(wait=True, timeout="30s", healthCheckExprs=[rule])
    waiting = await stage.until(
        ref_of(KUSTOMIZATION, "app"), lambda obj: bool(condition(obj, "Healthy"))
    )
    assert condition(waiting, "Healthy")["status"] == "Unknown"
    await stage.commit({"app/a.yaml": config_map("a", state="broken")})
    await stage.failing(text="failed early due to stalled resources")
    await stage.commit({"app/a.yaml": config_map("a", state="built")})
    healthy = await stage.ready()
    assert condition(healthy, "Healthy")["status"] == "True"


async def test_objects_that_are_left_alone_are_not_waited_for(stage: Stage) -> None:
    await stage.apply(config_map("a"))
    text = controlled("a", "ssa", "IfNotPresent")
    stage.repo.commit({"app/a.yaml": text, "app/b.yaml": config_map("b")})
    await stage.source()
    await stage.delivery(wait=True)
    await stage.ready()


async def test_what_was_pruned_is_out_of_the_inventory_while_health_is_waited_for(
    stage: Stage,
) -> None:
    stage.repo.commit({"app/a.yaml": config_map("a"), "app/b.yaml": config_map("b", state="built")})
    await stage.source()
    rule = {"apiVersion": "v1", "kind": "ConfigMap", "current": "data.state == 'built'"}
    check = {"apiVersion": "v1", "kind": "ConfigMap", "name": "b", "namespace": "default"}
    await stage.delivery(healthChecks=[check], healthCheckExprs=[rule], timeout="1m")
    await stage.ready()
    await stage.commit({"app/a.yaml": None, "app/b.yaml": config_map("b", state="building")})
    found = await stage.until(
        ref_of(KUSTOMIZATION, "app"), lambda obj: condition(obj, "Healthy")["status"] == "Unknown"
    )
    entries = [entry["id"] for entry in found["status"]["inventory"]["entries"]]
    assert entries == ["default_b__ConfigMap"]


async def test_a_named_health_check_may_be_of_a_foreign_object(stage: Stage) -> None:
    stage.repo.commit({"app/a.yaml": config_map("a")})
    await stage.source()
    check = {"apiVersion": "v1", "kind": "ConfigMap", "name": "other", "namespace": "default"}
    await stage.delivery(healthChecks=[check], timeout="1m")
    await stage.until(ref_of(KUSTOMIZATION, "app"), lambda obj: bool(condition(obj, "Healthy")))
    await stage.apply(config_map("other"))
    await stage.ready()


async def test_a_drift_is_on_record_before_health_comes(stage: Stage) -> None:
    stage.repo.commit({"app/a.yaml": config_map("a", key="1")})
    await stage.source()
    await stage.apply(config_map("other"))
    check = {"apiVersion": "v1", "kind": "ConfigMap", "name": "other", "namespace": "default"}
    await stage.delivery(healthChecks=[check], timeout="1h")
    await stage.ready()
    await stage.person.delete(config_map_ref("other"))
    await stage.patch(config_map_ref("a"), {"data": {"key": "mine"}})
    await stage.until((await stage.record()).ref, lambda obj: bool(obj.get("drifts")))


async def test_a_foreign_object_is_watched_for_as_long_as_a_health_check_names_it(
    stage: Stage,
) -> None:
    watches = stage.follow_watches()
    stage.repo.commit({"app/a.yaml": config_map("a")})
    await stage.source()
    await stage.apply(config_map("other"))
    check = {"apiVersion": "v1", "kind": "ConfigMap", "name": "other", "namespace": "default"}
    await stage.delivery(healthChecks=[check], timeout="1m")
    await stage.ready()
    await so(lambda: watches["metadata.name=other"] == 1)
    await stage.delivery()
    await so(lambda: watches["metadata.name=other"] == 0)


async def test_an_ignored_field_is_left_to_whoever_changed_it(stage: Stage) -> None:
    stage.repo.commit({"app/a.yaml": config_map("a", mine="1", theirs="1")})
    await stage.source()
    await stage.delivery(ignore=[{"paths": ["/data/theirs"]}])
    await stage.ready()
    await stage.patch(config_map_ref("a"), {"data": {"theirs": "2"}}, manager="someone")
    revision = await stage.commit({"app/a.yaml": config_map("a", mine="3", theirs="1")})
    await stage.ready(revision=revision)
    assert (await live(stage, "a"))["data"] == {"mine": "3", "theirs": "2"}
    assert not (await stage.record()).drifts


async def test_an_object_that_is_to_be_left_alone_is_not_applied(stage: Stage) -> None:
    stage.repo.commit(
        {"app/a.yaml": controlled("a", "reconcile", "disabled"), "app/b.yaml": config_map("b")}
    )
    await stage.source()
    await stage.delivery()
    await stage.ready()
    assert await stage.get(config_map_ref("a")) is None


async def test_an_object_that_is_only_to_be_created_keeps_later_changes(stage: Stage) -> None:
    text = controlled("a", "ssa", "IfNotPresent", key="1")
    stage.repo.commit({"app/a.yaml": text, "app/b.yaml": config_map("b", key="1")})
    await stage.source()
    await stage.delivery()
    await stage.ready()
    await stage.patch(config_map_ref("a"), {"data": {"key": "mine"}}, manager="someone")
    revision = await stage.commit({"app/b.yaml": config_map("b", key="2")})
    await stage.ready(revision=revision)
    assert (await live(stage, "a"))["data"] == {"key": "mine"}


async def test_an_object_that_is_not_to_be_pruned_stays(stage: Stage) -> None:
    stage.repo.commit(
        {"app/a.yaml": controlled("a", "prune", "disabled"), "app/b.yaml": config_map("b")}
    )
    await stage.source()
    await stage.delivery()
    await stage.ready()
    revision = await stage.commit({"app/a.yaml": None})
    await stage.ready(revision=revision)
    await live(stage, "a")


async def test_force_recreates_what_cannot_be_changed_in_place(stage: Stage) -> None:
    fixed = yaml.load(config_map("a", key="1")) | {"immutable": True}
    stage.repo.commit({"app/a.yaml": yaml.dump(fixed)})
    await stage.source()
    await stage.delivery()
    await stage.ready()
    before = await live(stage, "a")
    await stage.commit({"app/a.yaml": yaml.dump({**fixed, "data": {"key": "2"}})})
    await stage.failing(text="ConfigMap/default/a")
    await stage.delivery(force=True)
    await stage.ready()
    after = await live(stage, "a")
    assert after["data"] == {"key": "2"}
    assert after["metadata"]["uid"] != before["metadata"]["uid"]


async def test_a_delivery_can_do_no_more_than_its_service_account(stage: Stage) -> None:
    stage.repo.commit({"app/a.yaml": config_map("a")})
    await stage.source()
    await stage.delivery(serviceAccountName="tenant")
    await stage.failing(text="system:serviceaccount:flux-system:tenant")
    await stage.apply(_TENANT)
    await stage.ready()


async def test_a_custom_kind_and_an_object_of_it_come_in_one_commit(stage: Stage) -> None:
    widget = "{apiVersion: example.com/v1, kind: Widget, metadata: {name: w, namespace: default}}"
    stage.repo.commit({"app/crd.yaml": _WIDGETS, "app/widget.yaml": widget})
    await stage.source()
    await stage.delivery()
    await stage.ready()
    stage.person.forget_discovery()
    assert await stage.get(ObjectRef("example.com", "Widget", "default", "w", "v1")) is not None


async def test_secret_values_show_nowhere(stage: Stage) -> None:
    secret = "{apiVersion: v1, kind: Secret, metadata: {name: s, namespace: default}, stringData: {k: hush-hush-1}}"
    ref = ObjectRef("", "Secret", "default", "s", "v1")
    stage.repo.commit({"app/s.yaml": secret})
    await stage.source()
    await stage.delivery()
    await stage.ready()
    await stage.patch(ref, {"data": {"k": "aHVzaC1odXNoLTI="}}, manager="someone")
    await stage.until((await stage.record()).ref, lambda obj: bool(obj.get("drifts")))
    told = str(await stage.everything_told())
    assert "hush-hush" not in told
    assert "aHVzaC1odXNo" not in told


async def test_what_a_secret_variable_filled_shows_nowhere_either(stage: Stage) -> None:
    stage.repo.commit({"app/a.yaml": config_map("a", url="https://user:${password}@host")})
    await stage.source()
    await stage.apply(
        "{apiVersion: v1, kind: Secret, metadata: {name: vars, namespace: flux-system},"
        " stringData: {password: hush-hush-1}}"
    )
    await stage.delivery(postBuild={"substituteFrom": [{"kind": "Secret", "name": "vars"}]})
    await stage.ready()
    await stage.patch(config_map_ref("a"), {"data": {"url": "mine"}}, manager="someone")
    await stage.until((await stage.record()).ref, lambda obj: bool(obj.get("drifts")))
    [drift] = (await stage.record()).drifts
    assert [field.expected for field in drift.fields] == ['"https://user:***@host"']
    assert "hush-hush" not in str(await stage.everything_told())


_TENANT = """
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: tenant, namespace: default}
rules: [{apiGroups: [""], resources: [configmaps], verbs: ["*"]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: tenant, namespace: default}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: tenant}
subjects: [{kind: ServiceAccount, name: tenant, namespace: flux-system}]
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: tenant, namespace: flux-system}
"""

_WIDGETS = """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec:
  group: example.com
  names: {kind: Widget, plural: widgets}
  scope: Namespaced
  versions:
    - name: v1
      served: true
      storage: true
      schema: {openAPIV3Schema: {type: object}}
"""
