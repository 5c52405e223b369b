"""From an empty repository to a Trueup that keeps itself from there."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.e2e.installation.conftest import (
    DEPLOYMENT,
    NAMESPACE,
    PATIENCE,
    Cluster,
    Ended,
    is_ready,
)
from trueup.objects import ObjectRef, yaml
from trueup.testing.git import GitRepo
from trueup.testing.git_http import GitHttpServer
from trueup.testing.git_ssh import git_ssh_server, has_sshd

pytestmark = pytest.mark.e2e

MANIFESTS = "clusters/one/trueup-system/trueup.yaml"
DELIVERY = ObjectRef("kustomize.toolkit.fluxcd.io", "Kustomization", NAMESPACE, NAMESPACE, "v1")
SOURCE = ObjectRef("source.toolkit.fluxcd.io", "GitRepository", NAMESPACE, NAMESPACE, "v1")
BUDGET = ObjectRef("policy", "PodDisruptionBudget", NAMESPACE, "trueup-controller", "v1")
NOTE = ObjectRef("", "ConfigMap", "default", "note", "v1")


async def test_trueup_keeps_itself_from_git(
    cluster: Cluster, git: GitHttpServer, tmp_path: Path
) -> None:
    repo = GitRepo(git.root / "fleet.git")
    assert (await cluster.trueup("install", "--no-wait")).code == 0
    first = asyncio.create_task(bootstrap(cluster, git, TRUEUP_GIT_PASSWORD="letmein"))
    await cluster.run_pods()
    async with cluster.controller(tmp_path / "controller"):
        done = await first
        assert done.code == 0, done.err
        assert f"kustomization/{NAMESPACE} keeps the cluster at" in done.out
        assert "letmein" not in done.out + done.err
        await a_second_time_nothing_changes(cluster, git, repo)
        await a_change_in_git_reaches_trueup_and_the_cluster(cluster, repo)
        await installing_by_hand_is_refused(cluster)
    removed = await cluster.trueup("uninstall", "--yes", "--timeout", "120s")
    assert removed.code == 0, removed.err
    assert await cluster.admin.find(NOTE)


async def test_in_lockdown_too(cluster: Cluster, git: GitHttpServer, tmp_path: Path) -> None:
    git.user = None
    GitRepo(git.root / "fleet.git")
    where = ("--url", f"{git.url}/fleet.git", "--author", "Ada <ada@example.com>")
    first = asyncio.create_task(cluster.trueup("bootstrap", "git", *where, "--lockdown"))
    await cluster.run_pods()
    async with cluster.controller(tmp_path / "controller", lockdown=True):
        done = await first
        assert done.code == 0, done.err
        checked = await cluster.trueup("check")
    assert checked.code == 0, checked.out
    assert "1 of 1 ready" in checked.out


async def test_over_ssh_too(cluster: Cluster, tmp_path: Path) -> None:
    if not has_sshd():
        pytest.skip("sshd is not installed (Debian: openssh-server): nothing is tested over SSH")
    repo, folder = GitRepo(tmp_path / "fleet.git"), tmp_path / "ssh"
    folder.mkdir()
    async with git_ssh_server(folder) as server:
        (folder / "identity").write_bytes(server.identity)
        (folder / "known_hosts").write_bytes(server.known_hosts)
        keys = ("--private-key-file", str(folder / "identity"))
        known = ("--known-hosts-file", str(folder / "known_hosts"))
        where = ("--url", server.url(repo.path), "--author", "Ada <ada@example.com>", *keys, *known)
        first = asyncio.create_task(cluster.trueup("bootstrap", "git", *where))
        await cluster.run_pods()
        async with cluster.controller(tmp_path / "controller"):
            done = await first
    assert done.code == 0, done.err
    assert f"kustomization/{NAMESPACE} keeps the cluster at" in done.out


async def a_second_time_nothing_changes(
    cluster: Cluster, git: GitHttpServer, repo: GitRepo
) -> None:
    """Also without the password, which is in the cluster by now."""
    tip = repo.repository.references["refs/heads/main"].target
    before = (await cluster.admin.get(DEPLOYMENT))["metadata"]["resourceVersion"]
    again = await bootstrap(cluster, git)
    assert again.code == 0, again.err
    assert repo.repository.references["refs/heads/main"].target == tip
    assert {line.rpartition(" ")[2] for line in again.out.splitlines() if "/" in line[:60]} <= {
        "unchanged",
        str(tip)[:8],
    }
    assert (await cluster.admin.get(DEPLOYMENT))["metadata"]["resourceVersion"] == before


async def a_change_in_git_reaches_trueup_and_the_cluster(cluster: Cluster, repo: GitRepo) -> None:
    """A field that goes from Git goes from the cluster too, although ``install`` had asked for it."""
    objects = yaml.load_all(repo.files("refs/heads/main")[MANIFESTS])
    for obj in objects:
        if obj["kind"] == "PodDisruptionBudget":
            obj["spec"] = {**obj["spec"], "minAvailable": 1}
            del obj["spec"]["maxUnavailable"]
    files = {MANIFESTS: yaml.dump_all(objects), "clusters/one/note.yaml": CONFIG_MAP}
    commit = repo.commit(files)
    asked = {"metadata": {"annotations": {"reconcile.fluxcd.io/requestedAt": commit}}}
    await cluster.admin.patch(SOURCE, asked, field_manager="person")
    budget = await cluster.until(BUDGET, lambda obj: "minAvailable" in obj["spec"])
    assert "maxUnavailable" not in budget["spec"]
    await cluster.until(DELIVERY, is_ready)
    async with asyncio.timeout(PATIENCE):
        while await cluster.admin.find(NOTE) is None:
            await asyncio.sleep(0.1)


async def installing_by_hand_is_refused(cluster: Cluster) -> None:
    refused = await cluster.trueup("install", "--no-wait")
    assert refused.code == 1
    assert f"from Git by the Kustomization {NAMESPACE}/{NAMESPACE}" in refused.err


async def bootstrap(cluster: Cluster, git: GitHttpServer, **environment: str) -> Ended:
    where = ("--url", f"{git.url}/fleet.git", "--path", "clusters/one", "--username", "robot")
    who = ("--author", "Ada <ada@example.com>", "--timeout", f"{PATIENCE:g}s")
    login = where if environment else where[:-2]
    return await cluster.trueup("bootstrap", "git", *login, *who, **environment)


CONFIG_MAP = """
apiVersion: v1
kind: ConfigMap
metadata: {name: note, namespace: default}
"""
