"""A cluster of either home, with nothing on it, and ``trueup`` as a command for it.

Nothing runs Pods: the Deployment's status is written as a cluster would, and ``trueup controller``
is a process that has the rights of the Deployment's ServiceAccount, and no others.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.waiting import came_true
from tests.programs import programs_or_skip
from trueup.cluster import Client
from trueup.cluster.http import HttpTransport
from trueup.cluster.kubeconfig import cluster_config_from_file
from trueup.controlplane.control_plane import ControlPlane
from trueup.installation import Installation, render
from trueup.objects import Manifest, ObjectRef, yaml
from trueup.testing.controller import Controller
from trueup.testing.git_http import GitHttpServer, git_http_server
from trueup.testing.kube import kube_server
from trueup.testing.objects import available
from trueup.testing.patience import PATIENCE
from trueup.testing.ports import reserved_port

NAMESPACE = "trueup-system"
DEPLOYMENT = ObjectRef("apps", "Deployment", NAMESPACE, "trueup-controller", "v1")
ACCOUNT = ObjectRef("", "ServiceAccount", NAMESPACE, "trueup-controller", "v1")


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Cluster:
    """A running API server, and an administrator of it."""

    kubeconfig: Path
    admin: Client

    async def trueup(self, *args: str, **environment: str) -> Ended:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "trueup", *args),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={**os.environ, "KUBECONFIG": str(self.kubeconfig), **environment},
        )
        out, err = await process.communicate()
        assert process.returncode is not None
        return Ended(process.returncode, out.decode(), err.decode())

    async def create(self, text: str) -> None:
        for obj in yaml.load_all(text):
            await self.admin.create(obj, field_manager="person")

    async def until(self, ref: ObjectRef, holds: Callable[[Manifest], bool]) -> Manifest:
        return await came_true(self.admin, ref, holds, timeout=PATIENCE)

    async def gone(self, ref: ObjectRef) -> None:
        async with asyncio.timeout(PATIENCE):
            while await self.admin.find(ref):
                await asyncio.sleep(0.1)

    async def run_pods(self) -> None:
        """Say of the Deployment what a cluster would that runs it, as soon as it is there."""
        async with asyncio.timeout(PATIENCE):
            while (live := await self.admin.find(DEPLOYMENT)) is None:
                await asyncio.sleep(0.1)
        await self.admin.patch(
            DEPLOYMENT, {"status": available(live)}, field_manager="kubelet", subresource="status"
        )

    @asynccontextmanager
    async def controller(self, folder: Path, *, lockdown: bool = False) -> AsyncIterator[Running]:
        """``trueup controller`` with the container's arguments and the account's token."""
        folder.mkdir()
        deployment = next(
            obj for obj in render(Installation(lockdown=lockdown)) if obj["kind"] == "Deployment"
        )
        _, *args = deployment["spec"]["template"]["spec"]["containers"][0]["args"]
        kubeconfig = await self._kubeconfig_of_account(folder)
        with reserved_port() as port:
            options = [
                arg.replace("$(POD_IP):8080", f"127.0.0.1:{port}")
                for arg in args
                if not arg.startswith("--cache")
            ]
            child = Running(folder, kubeconfig, *options)
            child.health = f"http://127.0.0.1:{port}"
            await child.start()
            try:
                yield child
            finally:
                await child.stop()

    async def _kubeconfig_of_account(self, folder: Path) -> Path:
        request = {
            "apiVersion": "authentication.k8s.io/v1",
            "kind": "TokenRequest",
            "spec": {"expirationSeconds": 3600},
        }
        answer = await self.admin.create(
            request, field_manager="kubelet", subresource="token", of=ACCOUNT
        )
        config: Any = yaml.load(self.kubeconfig.read_bytes())
        [cluster] = config["clusters"]
        config["users"] = [{"name": "account", "user": {"token": answer["status"]["token"]}}]
        context = {"cluster": cluster["name"], "user": "account", "namespace": NAMESPACE}
        config["contexts"] = [{"name": "pod", "context": context}]
        config["current-context"] = "pod"
        path = folder / "kubeconfig"
        path.write_text(yaml.dump(config))
        return path


class Running(Controller):
    """One that answers probes at ``health``."""

    health = ""


@pytest.fixture(params=("embedded", "real"))
async def cluster(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Cluster]:
    folder = tmp_path / "cluster"
    folder.mkdir()
    async with _SERVERS[request.param](folder) as kubeconfig:
        transport = HttpTransport(cluster_config_from_file(str(kubeconfig)))
        yield Cluster(kubeconfig, Client(transport))
        await transport.close()


@asynccontextmanager
async def _embedded(folder: Path) -> AsyncIterator[Path]:
    plane = ControlPlane(folder)
    await plane.start()
    await plane.serve()
    yield plane.kubeconfig
    await plane.stop()


@asynccontextmanager
async def _real(folder: Path) -> AsyncIterator[Path]:
    programs = programs_or_skip()
    async with kube_server(folder, programs) as server:
        if not server.has_housekeeping:
            pytest.skip("no kube-controller-manager here; `make kube` builds one")
        yield server.kubeconfig


_SERVERS = {"embedded": _embedded, "real": _real}


@pytest.fixture
async def git(tmp_path: Path) -> AsyncIterator[GitHttpServer]:
    """Repositories below ``git``, for whoever knows the password."""
    (tmp_path / "git").mkdir()
    async with git_http_server(tmp_path / "git") as server:
        server.user = ("robot", "letmein")
        yield server


def ready(obj: Manifest) -> Manifest:
    """Its Ready condition."""
    conditions = (obj.get("status") or {}).get("conditions") or ()
    return next((c for c in conditions if c["type"] == "Ready"), {})


def is_ready(obj: Manifest) -> bool:
    seen = (obj.get("status") or {}).get("observedGeneration")
    return seen == obj["metadata"]["generation"] and ready(obj).get("status") == "True"
