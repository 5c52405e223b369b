"""Tenants of one cluster: an account's rights bound what its deliveries do, and what they show."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.unit.controllers.conftest import (
    EVENT,
    KUSTOMIZATION,
    NAMESPACE,
    PATIENCE,
    Stage,
    condition,
    config_map,
    config_map_ref,
    ref_of,
)
from trueup.cluster import following
from trueup.dialects.flux.tenancy import Tenancy
from trueup.objects import GroupVersionKind, Manifest, ObjectRef

from .bad_inputs import BadInput, load, put, said_of

ACCOUNT = {"serviceAccountName": "deployer"}
ALL = "get, create, patch, delete"
DEPLOYMENT = GroupVersionKind("apps", "v1", "Deployment")
HUSH = "what only the other tenant may know"
OURS = config_map_ref("a", NAMESPACE)


@pytest.fixture
async def locked(tmp_path: Path) -> AsyncIterator[Stage]:
    """A Stage where tenants are kept apart."""
    async with Stage.at(tmp_path, Tenancy(True, "deployer")) as stage:
        yield stage


async def rights(stage: Stage, verbs: str, resources: str = "configmaps", group: str = "") -> None:
    """What the account may do from now on, in its own namespace only."""
    await stage.apply(f"""
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {{name: deployer, namespace: {NAMESPACE}}}
rules: [{{apiGroups: ['{group}'], resources: [{resources}], verbs: [{verbs}]}}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {{name: deployer, namespace: {NAMESPACE}}}
roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: Role, name: deployer}}
subjects: [{{kind: ServiceAccount, name: deployer, namespace: {NAMESPACE}}}]
""")


async def tenant(stage: Stage, files: dict[str, str], verbs: str = ALL) -> None:
    """A repository with ``files``, an account that may do ``verbs`` with ConfigMaps, a neighbour."""
    stage.repo.commit(files)
    await stage.source()
    await stage.apply(f"""
apiVersion: v1
kind: ServiceAccount
metadata: {{name: deployer, namespace: {NAMESPACE}}}
---
apiVersion: v1
kind: Namespace
metadata: {{name: other}}
""")
    await rights(stage, verbs)


async def live(stage: Stage) -> None:
    """A delivery as the account, with one ConfigMap in its own namespace."""
    await tenant(stage, {"app/a.yaml": config_map("a", NAMESPACE, key="1")})
    await stage.delivery(**ACCOUNT)
    await stage.ready()


async def deployment(stage: Stage, replicas: int = 1) -> ObjectRef:
    """The neighbour's Deployment, which does not become healthy."""
    await stage.apply(f"""
apiVersion: apps/v1
kind: Deployment
metadata: {{name: web, namespace: other}}
spec:
  replicas: {replicas}
  selector: {{matchLabels: {{app: web}}}}
  template:
    metadata: {{labels: {{app: web}}}}
    spec: {{containers: [{{name: web, image: web}}]}}
""")
    return ref_of(DEPLOYMENT, "web", "other")


async def waiting(stage: Stage) -> None:
    """Returns once the delivery waits for the health of the ConfigMap ``b``."""
    ref, text = ref_of(KUSTOMIZATION, "app"), f": ConfigMap/{NAMESPACE}/b"
    await stage.until(ref, lambda obj: text in condition(obj, "Reconciling").get("message", ""))


# What an account may do bounds what its deliveries do


async def test_a_delivery_does_what_its_account_may(stage: Stage) -> None:
    await live(stage)
    assert await stage.get(OURS) is not None


async def test_it_creates_nothing_that_its_account_may_not(stage: Stage) -> None:
    await tenant(stage, {"app/a.yaml": config_map("a", "other")})
    await stage.delivery(**ACCOUNT)
    await stage.failing(text='cannot get resource "configmaps"')
    assert await stage.get(config_map_ref("a", "other")) is None


async def test_what_was_refused_and_went_from_git_is_in_nobodys_way(stage: Stage) -> None:
    files = {"app/a.yaml": config_map("a", "other"), "app/b.yaml": config_map("b", NAMESPACE)}
    await tenant(stage, files)
    await stage.delivery(**ACCOUNT)
    await stage.failing(text='cannot get resource "configmaps"')
    await stage.commit({"app/a.yaml": None})
    await stage.ready()


async def test_a_delivery_that_was_refused_can_be_deleted(stage: Stage) -> None:
    await tenant(stage, {"app/a.yaml": config_map("a", "other")})
    await stage.delivery(**ACCOUNT)
    await stage.failing(text='cannot get resource "configmaps"')
    delivery = ref_of(KUSTOMIZATION, "app")
    await stage.person.delete(delivery)
    await following.until_gone(stage.person, delivery, timeout=PATIENCE)


async def test_it_creates_nothing_where_its_account_may_only_look(stage: Stage) -> None:
    await tenant(stage, {"app/a.yaml": config_map("a", NAMESPACE)}, "get, list, watch")
    await stage.delivery(**ACCOUNT)
    await stage.failing(text='cannot patch resource "configmaps"')
    assert await stage.get(OURS) is None


async def test_it_changes_nothing_that_its_account_may_not(stage: Stage) -> None:
    await live(stage)
    await rights(stage, "get, create, delete")
    await stage.commit({"app/a.yaml": config_map("a", NAMESPACE, key="2")})
    await stage.failing(text='cannot patch resource "configmaps"')
    assert (await stage.person.get(OURS))["data"] == {"key": "1"}


async def test_it_prunes_nothing_that_its_account_may_not(stage: Stage) -> None:
    await live(stage)
    await rights(stage, "get, create, patch")
    await stage.commit({"app/a.yaml": None, "app/b.yaml": config_map("b", NAMESPACE)})
    await stage.failing(text='cannot delete resource "configmaps"')
    assert await stage.get(OURS) is not None


async def test_deleting_it_deletes_nothing_that_its_account_may_not(stage: Stage) -> None:
    await live(stage)
    await rights(stage, "get, create, patch")
    await stage.person.delete(ref_of(KUSTOMIZATION, "app"))
    await stage.event('cannot delete resource "configmaps"')
    assert await stage.get(OURS) is not None


async def test_it_corrects_no_drift_that_its_account_may_not(stage: Stage) -> None:
    await live(stage)
    await rights(stage, "get")
    await stage.patch(OURS, {"data": {"key": "2"}})
    await stage.failing(text='cannot patch resource "configmaps"')
    assert (await stage.person.get(OURS))["data"] == {"key": "2"}


async def test_it_makes_no_cluster_scoped_object(stage: Stage) -> None:
    manifest = "{apiVersion: v1, kind: Namespace, metadata: {name: mine}}"
    await tenant(stage, {"app/a.yaml": manifest})
    await stage.delivery(**ACCOUNT)
    await stage.failing(text='cannot get resource "namespaces"')
    assert await stage.get(ObjectRef("", "Namespace", "", "mine", "v1")) is None


async def test_it_gives_itself_no_rights_that_its_account_has_not(stage: Stage) -> None:
    binding = f"""
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {{name: more, namespace: {NAMESPACE}}}
roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: admin}}
subjects: [{{kind: ServiceAccount, name: deployer, namespace: {NAMESPACE}}}]
"""
    await tenant(stage, {"app/a.yaml": binding})
    await rights(stage, ALL, "rolebindings", "rbac.authorization.k8s.io")
    await stage.delivery(**ACCOUNT)
    await stage.failing(text="attempting to grant RBAC permissions not currently held")


async def test_it_keeps_nothing_alive_that_its_account_may_not_write(stage: Stage) -> None:
    theirs = {"app/a.yaml": config_map("a", "other"), "app/b.yaml": config_map("b", "other")}
    await tenant(stage, {**theirs, "claims/a.yaml": config_map("a", "other")})
    await stage.delivery()
    await stage.delivery("claims", **ACCOUNT)
    await stage.ready()
    await stage.failing("claims", text="cannot get")
    await stage.ready(revision=await stage.commit({"app/a.yaml": None}))
    assert await stage.get(config_map_ref("a", "other")) is None


@pytest.mark.parametrize("name", ["a:b", "a\nImpersonate-Group: system:masters", "../other"])
async def test_no_account_name_makes_up_another_user(stage: Stage, name: str) -> None:
    await tenant(stage, {"app/a.yaml": config_map("a", NAMESPACE)})
    assert "is no name" in await stage.complaint(serviceAccountName=name)


async def forge(stage: Stage, name: str) -> None:
    """A delivery whose inventory its tenant wrote: it names a ConfigMap of the neighbour's."""
    await tenant(stage, {"app/a.yaml": config_map("a", NAMESPACE)})
    await stage.apply(config_map(name, "other"))
    await stage.delivery(suspend=True, **ACCOUNT)
    entries = [{"id": f"other_{name}__ConfigMap", "v": "v1"}]
    ref, status = ref_of(KUSTOMIZATION, "app"), {"status": {"inventory": {"entries": entries}}}
    await stage.person.patch(ref, status, field_manager="tenant", subresource="status")
    await stage.patch(ref, {"spec": {"suspend": False}})


async def test_no_forged_inventory_deletes_what_its_account_may_not(stage: Stage) -> None:
    await forge(stage, "theirs")
    await stage.ready()
    assert await stage.get(config_map_ref("theirs", "other")) is not None


async def test_a_forged_inventory_tells_nothing_of_what_it_names(stage: Stage) -> None:
    await forge(stage, "theirs")
    theirs = config_map_ref("theirs", "other")
    await stage.patch(theirs, {"data": {"told": HUSH}})
    await stage.ready()
    await stage.patch(theirs, {"data": {"told": f"{HUSH}, and more"}})
    await stage.look_again()
    assert HUSH not in str(await stage.everything_told())


async def test_what_became_of_an_object_out_of_reach_is_not_told(stage: Stage) -> None:
    await live(stage)
    await rights(stage, "create")
    await stage.patch(OURS, {"data": {"key": HUSH}})
    await stage.failing(text='cannot get resource "configmaps"')
    assert HUSH not in str(await stage.everything_told())


# Accounts by default


async def test_without_an_account_the_default_one_acts(locked: Stage) -> None:
    await tenant(locked, {"app/a.yaml": config_map("a", "other")})
    await locked.delivery()
    await locked.failing(text=f"system:serviceaccount:{NAMESPACE}:deployer")


async def test_an_account_that_is_named_acts_instead_of_the_default(locked: Stage) -> None:
    await tenant(locked, {"app/a.yaml": config_map("a", NAMESPACE)})
    await locked.delivery(serviceAccountName="someone")
    await locked.failing(text=f"system:serviceaccount:{NAMESPACE}:someone")


async def test_a_delivery_that_a_tenant_brings_has_the_default_account_too(locked: Stage) -> None:
    child = (
        f"{{apiVersion: {KUSTOMIZATION.api_version}, kind: Kustomization,"
        f" metadata: {{name: child, namespace: {NAMESPACE}}}, spec: {{interval: 1h, path: ./child,"
        " prune: true, sourceRef: {kind: GitRepository, name: repo}}}"
    )
    await tenant(locked, {"app/a.yaml": child, "child/a.yaml": config_map("a", "other")})
    await rights(locked, ALL, "kustomizations", KUSTOMIZATION.group)
    await locked.delivery()
    await locked.failing("child", text='cannot get resource "configmaps"')


# References to other namespaces


async def elsewhere(stage: Stage, **spec: object) -> ObjectRef:
    """A delivery in the namespace ``other``, of the source in ours."""
    source = {"kind": "GitRepository", "name": "repo", "namespace": NAMESPACE}
    manifest = {
        "apiVersion": KUSTOMIZATION.api_version,
        "kind": "Kustomization",
        "metadata": {"name": "app", "namespace": "other"},
        "spec": {"interval": "1h", "path": "./app", "prune": True, "sourceRef": source, **spec},
    }
    await stage.person.apply(manifest, field_manager="kubectl-person")
    return ref_of(KUSTOMIZATION, "app", "other")


def is_stalled(obj: Manifest) -> bool:
    return condition(obj, "Stalled").get("status") == "True"


async def test_a_source_elsewhere_is_refused_in_the_words_of_flux(locked: Stage) -> None:
    await tenant(locked, {"app/a.yaml": config_map("a", "other")})
    found = await locked.until(await elsewhere(locked), is_stalled)
    said = {
        (c["type"], c["status"], c["reason"], c["message"]) for c in found["status"]["conditions"]
    }
    why = (
        f"can't access 'GitRepository/{NAMESPACE}/repo', "
        "cross-namespace references have been blocked"
    )
    assert said == {
        ("Ready", "False", "AccessDenied", why),
        ("Stalled", "True", "AccessDenied", why),
    }


async def test_a_source_elsewhere_is_served_where_that_is_not_refused(stage: Stage) -> None:
    await tenant(stage, {"app/a.yaml": config_map("a", "other")})
    ref = await elsewhere(stage)
    await stage.until(ref, lambda obj: condition(obj, "Ready").get("status") == "True")


async def test_what_a_refused_delivery_brought_before_goes_with_it(tmp_path: Path) -> None:
    async with Stage.at(tmp_path) as stage:
        await tenant(stage, {"app/a.yaml": config_map("a", "other")})
        ref = await elsewhere(stage)
        await stage.until(ref, lambda obj: condition(obj, "Ready").get("status") == "True")
    async with Stage.at(tmp_path, Tenancy(same_namespace_only=True)) as stage:
        await stage.until(ref, is_stalled)
        await stage.person.delete(ref)
        await stage.gone(ref)
        assert await stage.get(config_map_ref("a", "other")) is None


async def test_a_delivery_elsewhere_can_be_waited_for(locked: Stage) -> None:
    await tenant(locked, {"app/a.yaml": config_map("a", NAMESPACE)})
    await locked.delivery(dependsOn=[{"name": "app", "namespace": "other"}])
    await locked.failing(text="dependency 'other/app' not found")


async def test_no_expression_reads_a_delivery_elsewhere(locked: Stage) -> None:
    await tenant(locked, {"app/a.yaml": config_map("a", NAMESPACE)})
    read = {"name": "app", "namespace": "other", "readyExpr": "dep.spec.path == './secret'"}
    await locked.delivery(dependsOn=[read])
    await locked.failing(text="can't access 'Kustomization/other/app'")


# What the health of other people's objects tells


async def test_health_of_what_the_account_may_not_read_is_not_told(stage: Stage) -> None:
    await live(stage)
    web = await deployment(stage)
    check = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web", "namespace": "other"}
    await stage.delivery(**ACCOUNT, healthChecks=[check])
    await stage.failing(text='cannot get resource "deployments"')
    assert f"{web} status" not in str(await stage.everything_told())


async def test_whether_an_object_is_there_is_not_told_either(stage: Stage) -> None:
    await live(stage)
    check = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "no", "namespace": "other"}
    await stage.delivery(**ACCOUNT, healthChecks=[check])
    await stage.failing(text='cannot get resource "deployments"')


async def test_health_of_what_the_account_may_read_is_told(stage: Stage) -> None:
    await live(stage)
    check = {"apiVersion": "v1", "kind": "ConfigMap", "name": "b", "namespace": NAMESPACE}
    await stage.delivery(**ACCOUNT, timeout="1h", healthChecks=[check])
    await waiting(stage)
    await stage.apply(config_map("b", NAMESPACE))
    await stage.ready()


async def test_nothing_more_is_told_once_the_account_may_not_read_any_more(stage: Stage) -> None:
    await live(stage)
    check = {"apiVersion": "v1", "kind": "ConfigMap", "name": "b", "namespace": NAMESPACE}
    await stage.delivery(**ACCOUNT, timeout="1h", healthChecks=[check])
    await waiting(stage)
    await rights(stage, "create")
    await stage.apply(config_map("b", NAMESPACE))
    await stage.failing(text='cannot get resource "configmaps"')


async def test_what_did_not_change_is_not_read_again(stage: Stage) -> None:
    await live(stage)
    check = {"apiVersion": "v1", "kind": "ConfigMap", "name": "b", "namespace": NAMESPACE}
    await stage.apply(config_map("b", NAMESPACE))
    await stage.delivery(**ACCOUNT, healthChecks=[check])
    await stage.ready()
    await stage.looked_at()
    calls = stage.count_calls()
    await stage.look_again()
    assert not calls


# Fields that refer to something: each case is one field


async def test_no_field_reads_what_belongs_to_another_tenant(locked: Stage) -> None:
    cases = load("tenancy", locked.folder)
    files = {path: said for case in cases for path, said in case.contents().items()}
    await tenant(locked, files)  # type: ignore[arg-type]
    refused = {case.id: await put(locked, case) for case in cases}
    said = await asyncio.gather(*(_hear(locked, case, refused[case.id]) for case in cases))
    missed = {
        case.name: text
        for case, text in zip(cases, said, strict=True)
        if not all(part in text for part in case.expect)
    }
    assert missed == {}
    assert HUSH not in str([said, await _all_told(locked)])


async def _hear(stage: Stage, case: BadInput, refused: str) -> str:
    return refused or await said_of(stage, case, timeout=PATIENCE)


async def _all_told(stage: Stage) -> list[Manifest]:
    await stage.embedded.controllers.home.told()
    kinds = (KUSTOMIZATION, EVENT, config_map_ref("x").gvk)
    return [item for gvk in kinds for item in (await stage.person.list(gvk, NAMESPACE)).items]
