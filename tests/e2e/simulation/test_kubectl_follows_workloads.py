"""kubectl waits for, follows, undoes and reads simulated workloads as it does real ones."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.unit.controlplane.simulation.cluster import Cluster
from tests.unit.controlplane.simulation.manifests import deployment, job
from trueup.controlplane.control_plane import ControlPlane

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not installed"),
]


class Kubectl:
    def __init__(self, kubeconfig: Path, home: Path) -> None:
        self._env = {"KUBECONFIG": str(kubeconfig), "HOME": str(home), "PATH": "/usr/bin:/bin"}
        self._program = shutil.which("kubectl") or ""

    async def __call__(self, *args: str, stdin: str = "") -> str:
        """What kubectl prints; a failure fails the test with its words."""
        process = await asyncio.create_subprocess_exec(
            self._program,
            *args,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env=self._env,
        )
        output, _ = await process.communicate(stdin.encode())
        assert process.returncode == 0, output.decode()
        return output.decode()


@pytest.fixture
async def kubectl(tmp_path: Path) -> AsyncIterator[Kubectl]:
    plane = ControlPlane(tmp_path / "data")
    await plane.start()
    await plane.serve()
    cluster = Cluster(plane)
    cluster.start()
    try:
        yield Kubectl(plane.kubeconfig, tmp_path)
    finally:
        await cluster.stop()
        await plane.stop()


async def test_rollout_status_follows_a_deployment_to_its_end(kubectl: Kubectl) -> None:
    await kubectl("apply", "-f", "-", stdin=deployment(replicas=2))
    said = await kubectl("rollout", "status", "deployment/web", "--timeout=120s")
    assert 'deployment "web" successfully rolled out' in said


async def test_wait_sees_conditions_and_logs_say_that_nothing_ran(kubectl: Kubectl) -> None:
    await kubectl("apply", "-f", "-", stdin=deployment())
    await kubectl("wait", "--for=condition=Available", "deployment/web", "--timeout=120s")
    assert "nothing runs" in await kubectl("logs", "deployment/web")
    assert "simulated-1" in await kubectl("get", "pods", "-o", "wide")


async def test_rollout_undo_brings_the_old_image_back(kubectl: Kubectl) -> None:
    await kubectl("apply", "-f", "-", stdin=deployment())
    await kubectl("set", "image", "deployment/web", "app=app:2")
    await kubectl("rollout", "status", "deployment/web", "--timeout=120s")
    await kubectl("rollout", "undo", "deployment/web")
    await kubectl("rollout", "status", "deployment/web", "--timeout=120s")
    image = "jsonpath={.spec.template.spec.containers[0].image}"
    assert await kubectl("get", "deployment", "web", "-o", image) == "app:1"
    assert "3" in await kubectl("rollout", "history", "deployment/web")


async def test_rollout_restart_makes_new_pods(kubectl: Kubectl) -> None:
    await kubectl("apply", "-f", "-", stdin=deployment())
    await kubectl("rollout", "status", "deployment/web", "--timeout=120s")
    before = await kubectl("get", "pods", "-o", "name")
    await kubectl("rollout", "restart", "deployment/web")
    await kubectl("rollout", "status", "deployment/web", "--timeout=120s")
    await kubectl("wait", "--for=delete", before.strip(), "--timeout=120s")


async def test_a_job_is_waited_for(kubectl: Kubectl) -> None:
    await kubectl("apply", "-f", "-", stdin=job())
    await kubectl("wait", "--for=condition=Complete", "job/work", "--timeout=120s")
