"""An installation in lockdown does all that Trueup is for, with the rights that its roles give."""

from __future__ import annotations

import asyncio
from pathlib import Path

import aiohttp
import orjson
import pytest

from tests.e2e.installation.conftest import NAMESPACE, PATIENCE, Cluster, is_ready, ready
from trueup.objects import GroupVersionKind, Manifest, ObjectRef, yaml
from trueup.testing.git import GitRepo
from trueup.testing.git_http import GitHttpServer

pytestmark = pytest.mark.e2e

DELIVERY = ObjectRef("kustomize.toolkit.fluxcd.io", "Kustomization", "team", "app", "v1")
SOURCE = ObjectRef("source.toolkit.fluxcd.io", "GitRepository", "team", "repo", "v1")


async def test_the_roles_suffice_and_allow_no_more(
    cluster: Cluster, git: GitHttpServer, tmp_path: Path
) -> None:
    repo = GitRepo(git.root / "repo.git")
    repo.commit({"app/a.yaml": config_map("a", k="${value}"), "app/b.yaml": config_map("b")})
    installing = asyncio.create_task(cluster.trueup("install", "--lockdown"))
    await cluster.run_pods()
    installed = await installing
    assert installed.code == 0, installed.err
    assert "Deployment/trueup-system/trueup-controller is available" in installed.out

    async with cluster.controller(tmp_path / "controller", lockdown=True) as controller:
        await is_listening(controller.health)
        await cluster.create(TEAM.format(url=f"{git.url}/repo.git"))
        await cluster.until(DELIVERY, is_ready)
        await it_delivered(cluster)
        await it_undoes_drift(cluster)
        await it_prunes(cluster, repo)
        await it_told(cluster)
        await it_counts(controller.health)
        await the_check_finds_nothing_wrong(cluster)
        assert "forbidden" not in controller.log.read_text()
        await it_does_no_more_than_the_account_of_the_delivery(cluster, repo)


async def it_delivered(cluster: Cluster) -> None:
    assert (await cluster.admin.get(live("a")))["data"] == {"k": "from-the-cluster"}


async def it_undoes_drift(cluster: Cluster) -> None:
    await cluster.admin.patch(live("a"), {"data": {"k": "mine"}}, field_manager="someone")
    await cluster.until(live("a"), lambda obj: obj["data"] == {"k": "from-the-cluster"})


async def it_prunes(cluster: Cluster, repo: GitRepo) -> None:
    await fetch(cluster, repo.commit({"app/b.yaml": None}))
    await cluster.gone(live("b"))
    await cluster.until(DELIVERY, is_ready)


async def it_told(cluster: Cluster) -> None:
    """Events are written behind the rest."""
    async with asyncio.timeout(PATIENCE):
        while not (await events(cluster)) & {"ReconciliationSucceeded"}:
            await asyncio.sleep(0.1)


async def it_does_no_more_than_the_account_of_the_delivery(cluster: Cluster, repo: GitRepo) -> None:
    await fetch(cluster, repo.commit({"app/role.yaml": ROLE}))
    refused = await cluster.until(DELIVERY, lambda obj: ready(obj)["status"] == "False")
    assert "system:serviceaccount:team:default" in ready(refused)["message"]
    assert "cannot" in ready(refused)["message"]
    await fetch(cluster, repo.commit({"app/role.yaml": None}))
    await cluster.until(DELIVERY, is_ready)


async def it_counts(url: str) -> None:
    """What it counts is what its own watch has told it, which may be a moment later."""
    wanted = {'trueup_resources{kind="Kustomization",ready="True"} 1', "trueup_leader 1"}
    async with asyncio.timeout(PATIENCE), aiohttp.ClientSession() as http:
        while True:
            async with http.get(f"{url}/metrics") as answer:
                if wanted <= {*(await answer.text()).splitlines()}:
                    return
            await asyncio.sleep(0.1)


async def the_check_finds_nothing_wrong(cluster: Cluster) -> None:
    checked = await cluster.trueup("check", "-o", "json")
    found = orjson.loads(checked.out)
    assert [each for each in found if each["level"] != "OK"] == []
    assert checked.code == 0
    assert {"Kubernetes", f"Lease/{NAMESPACE}/trueup-controller", "Lockdown", "Kustomization"} <= {
        each["subject"] for each in found
    }


async def is_listening(url: str) -> None:
    """Returns once it says that it is ready."""
    async with asyncio.timeout(PATIENCE), aiohttp.ClientSession() as http:
        while True:
            async with http.get(f"{url}/readyz") as answer:
                if answer.status == 200:
                    return
            await asyncio.sleep(0.1)


async def fetch(cluster: Cluster, commit: str) -> None:
    asked = {"metadata": {"annotations": {"reconcile.fluxcd.io/requestedAt": commit}}}
    await cluster.admin.patch(SOURCE, asked, field_manager="person")
    await cluster.until(SOURCE, lambda obj: obj["status"]["artifact"]["revision"].endswith(commit))


async def events(cluster: Cluster) -> set[str]:
    found = await cluster.admin.list(GroupVersionKind("", "v1", "Event"), "team")
    return {event["reason"] for event in found.items}


def live(name: str) -> ObjectRef:
    return ObjectRef("", "ConfigMap", "team", name, "v1")


def config_map(name: str, **data: str) -> str:
    manifest: Manifest = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}}
    return yaml.dump(manifest | {"data": data})


TEAM = """
apiVersion: v1
kind: Namespace
metadata: {{name: team}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {{name: deliveries, namespace: team}}
rules: [{{apiGroups: [""], resources: [configmaps], verbs: ["*"]}}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {{name: deliveries, namespace: team}}
roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: Role, name: deliveries}}
subjects: [{{kind: ServiceAccount, name: default, namespace: team}}]
---
apiVersion: v1
kind: Secret
metadata: {{name: git, namespace: team}}
stringData: {{username: robot, password: letmein}}
---
apiVersion: v1
kind: ConfigMap
metadata: {{name: values, namespace: team}}
data: {{value: from-the-cluster}}
---
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {{name: repo, namespace: team}}
spec: {{interval: 1h, url: "{url}", ref: {{branch: main}}, secretRef: {{name: git}}}}
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {{name: app, namespace: team}}
spec:
  interval: 1h
  retryInterval: 1s
  path: ./app
  prune: true
  wait: true
  targetNamespace: team
  sourceRef: {{kind: GitRepository, name: repo}}
  postBuild: {{substituteFrom: [{{kind: ConfigMap, name: values}}]}}
"""
ROLE = """
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: more}
rules: [{apiGroups: [""], resources: [secrets], verbs: ["*"]}]
"""
