"""Trueup goes, and what it delivered stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.installation.conftest import DEPLOYMENT, NAMESPACE, Cluster, is_ready
from trueup.installation.definitions import OURS, PART_OF
from trueup.objects import GroupVersionKind, ObjectRef
from trueup.testing.git import GitRepo
from trueup.testing.git_http import GitHttpServer

pytestmark = pytest.mark.e2e

DELIVERY = ObjectRef("kustomize.toolkit.fluxcd.io", "Kustomization", "default", "app", "v1")
LIVE = ObjectRef("", "ConfigMap", "default", "a", "v1")
KINDS = [
    GroupVersionKind("apiextensions.k8s.io", "v1", "CustomResourceDefinition"),
    GroupVersionKind("rbac.authorization.k8s.io", "v1", "ClusterRole"),
    GroupVersionKind("rbac.authorization.k8s.io", "v1", "ClusterRoleBinding"),
]


async def test_what_was_delivered_outlives_trueup(
    cluster: Cluster, git: GitHttpServer, tmp_path: Path
) -> None:
    git.user = None
    repo = GitRepo(git.root / "repo.git")
    repo.commit({"app/a.yaml": CONFIG_MAP})
    installed = await cluster.trueup("install", "--no-wait")
    assert installed.code == 0, installed.err
    async with cluster.controller(tmp_path / "controller"):
        await cluster.create(SYNC.format(url=f"{git.url}/repo.git"))
        await cluster.until(DELIVERY, is_ready)
        before = await cluster.admin.get(LIVE)
        refused = await cluster.trueup("uninstall", "--yes")
        assert (refused.code, "stop that controller first" in refused.err) == (1, True)
        assert await cluster.admin.find(DELIVERY)

    removed = await cluster.trueup("uninstall", "--yes", "--timeout", "90s")
    assert removed.code == 0, removed.err
    assert await cluster.admin.get(LIVE) == before
    assert await cluster.admin.find(ObjectRef("", "Namespace", "", NAMESPACE, "v1")) is None
    for kind in KINDS:
        assert (await cluster.admin.list(kind, label_selector=f"{PART_OF}={OURS}")).items == []
    again = await cluster.trueup("uninstall", "--yes")
    assert (again.code, again.out) == (0, "")


async def test_with_the_definitions_kept_the_deliveries_stay_too(cluster: Cluster) -> None:
    assert (await cluster.trueup("install", "--no-wait")).code == 0
    await cluster.create(SYNC.format(url="https://git.example/repo.git"))
    held = {"metadata": {"finalizers": ["finalizers.fluxcd.io", "example.com/theirs"]}}
    await cluster.admin.patch(DELIVERY, held, field_manager="person")
    removed = await cluster.trueup("uninstall", "--yes", "--keep-crds", "--keep-namespace")
    assert removed.code == 0, removed.err
    left = await cluster.admin.get(DELIVERY)
    assert left["metadata"]["finalizers"] == ["example.com/theirs"]
    assert await cluster.admin.find(ObjectRef("", "Namespace", "", NAMESPACE, "v1"))
    assert await cluster.admin.find(DEPLOYMENT) is None


CONFIG_MAP = """
apiVersion: v1
kind: ConfigMap
metadata: {name: a, namespace: default}
data: {k: "1"}
"""
SYNC = """
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {{name: repo, namespace: default}}
spec: {{interval: 1h, url: "{url}", ref: {{branch: main}}}}
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {{name: app, namespace: default}}
spec:
  interval: 1h
  path: ./app
  prune: true
  sourceRef: {{kind: GitRepository, name: repo}}
"""
