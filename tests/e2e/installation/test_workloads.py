"""On a cluster that runs workloads, an installation comes up, and goes, by itself."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.e2e.installation.conftest import DEPLOYMENT, NAMESPACE, Cluster
from trueup.cluster import Client
from trueup.objects import GroupVersionKind, ObjectRef
from trueup.testing.kube import FOR_WORKLOADS, kube_programs, kube_server

pytestmark = pytest.mark.e2e

POD = GroupVersionKind("", "v1", "Pod")


@pytest.fixture
async def cluster(tmp_path: Path) -> AsyncIterator[Cluster]:
    programs = kube_programs(*FOR_WORKLOADS)
    if programs is None:
        pytest.skip("no scheduler and no KWOK here; `make kube` builds them")
    (tmp_path / "kube").mkdir()
    async with (
        kube_server(tmp_path / "kube", programs, with_workloads=True) as server,
        server.transport() as transport,
    ):
        yield Cluster(server.kubeconfig, Client(transport))


async def test_the_namespace_lets_its_pods_in_and_the_wait_ends_when_they_run(
    cluster: Cluster,
) -> None:
    installed = await cluster.trueup("install", "--timeout", "120s")
    assert installed.code == 0, installed.err
    assert f"{DEPLOYMENT} is available" in installed.out
    pods = (await cluster.admin.list(POD, NAMESPACE)).items
    assert [pod["status"]["phase"] for pod in pods] == ["Running", "Running"]
    removed = await cluster.trueup("uninstall", "--yes", "--timeout", "120s")
    assert removed.code == 0, removed.err
    assert await cluster.admin.find(ObjectRef("", "Namespace", "", NAMESPACE, "v1")) is None
