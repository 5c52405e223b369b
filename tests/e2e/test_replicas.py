"""Two ``trueup controller`` against one API server: ``kill -9`` of the one that leads is survived."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from time import monotonic

import pytest

from trueup.cluster import Client
from trueup.cluster.following import until
from trueup.controllers.leader import lease_ref
from trueup.objects import Manifest, ObjectRef, yaml
from trueup.testing.controller import Controller
from trueup.testing.git import GitRepo
from trueup.testing.kube import KubeServer, kube_programs, kube_server

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]

PATIENCE = 60.0
HAND_OVER = 20.0
LEASE = lease_ref("default", "trueup-controller")
SOURCE = ObjectRef("source.toolkit.fluxcd.io", "GitRepository", "default", "repo", "v1")
LIVE = ObjectRef("", "ConfigMap", "default", "a", "v1")


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[KubeServer]:
    programs = kube_programs() or pytest.skip("no kube-apiserver here; `make kube` builds one")
    (tmp_path / "kube").mkdir()
    async with kube_server(tmp_path / "kube", programs) as running:
        yield running


@pytest.fixture
async def person(server: KubeServer) -> AsyncIterator[Client]:
    async with server.transport() as transport:
        yield Client(transport)


def replica(folder: Path, server: KubeServer) -> Controller:
    return Controller(folder, server.kubeconfig, "--install-crds", "--allow-local-sources")


async def test_a_commit_after_a_kill_of_the_leader_becomes_live(
    server: KubeServer, person: Client, tmp_path: Path
) -> None:
    repo = GitRepo(tmp_path / "repo.git")
    repo.commit({"app/a.yaml": config_map("1")})
    first, second = replica(tmp_path / "first", server), replica(tmp_path / "second", server)
    async with AsyncExitStack() as ended:
        for each in (first, second):
            ended.push_async_callback(each.kill)
        await first.start()
        for text in (SOURCE_TEXT.format(url=repo.url), DELIVERY_TEXT):
            await person.create(yaml.load(text), field_manager="person")
        await so(person, LIVE, lambda obj: obj["data"] == {"k": "1"})
        leading = asyncio.create_task(second.start())
        await waits(second)
        before = await person.get(LIVE)
        await first.kill()
        killed = monotonic()
        commit = repo.commit({"app/a.yaml": config_map("2")})
        asked = {"metadata": {"annotations": {"reconcile.fluxcd.io/requestedAt": commit}}}
        await person.patch(SOURCE, asked, field_manager="person")
        after = await so(person, LIVE, lambda obj: obj["data"] == {"k": "2"})
        assert monotonic() - killed < HAND_OVER
        assert after["metadata"]["uid"] == before["metadata"]["uid"]
        await leading
        assert await second.stop() == 0
        released = await person.get(LEASE)
        assert "holderIdentity" not in released["spec"]
        assert released["spec"]["leaseTransitions"] == 1


async def waits(standby: Controller) -> None:
    """Returns once it says that it waits for another."""
    async with asyncio.timeout(PATIENCE):
        while not (standby.log.exists() and "waiting: " in standby.log.read_text()):
            await asyncio.sleep(0.05)


async def so(person: Client, ref: ObjectRef, holds: Callable[[Manifest], bool]) -> Manifest:
    return await until(person, ref, lambda obj: obj if holds(obj) else None, timeout=PATIENCE)


def config_map(value: str) -> str:
    metadata = {"name": "a", "namespace": "default"}
    manifest = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"k": value}}
    return yaml.dump(manifest)


SOURCE_TEXT = """
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {{name: repo, namespace: default}}
spec: {{interval: 1h, url: "{url}", ref: {{branch: main}}}}
"""
DELIVERY_TEXT = """
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: app, namespace: default}
spec:
  interval: 1h
  path: ./app
  prune: true
  sourceRef: {kind: GitRepository, name: repo}
"""
