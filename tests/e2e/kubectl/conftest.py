"""A control plane on loopback, and the machine's own kubectl as its client."""

from __future__ import annotations

import asyncio
import itertools
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

import pytest

from tests.e2e.homes import HOMES
from tests.programs import programs_or_skip
from trueup.controlplane.control_plane import ControlPlane
from trueup.testing.kube import kube_server_at_rest
from trueup.testing.patience import PATIENCE

KUBECTL = shutil.which("kubectl")
_NUMBERS = itertools.count(1)
_HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if _HERE in item.path.parents:
            item.add_marker(pytest.mark.e2e)


class Running:
    """A control plane in a thread of its own, so that tests may simply wait for kubectl."""

    def __init__(self, folder: Path) -> None:
        self._plane = ControlPlane(folder)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def start(self) -> Path:
        """The administrator's kubeconfig."""
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._begin(), self._loop).result(PATIENCE)
        return self._plane.kubeconfig

    async def _begin(self) -> None:
        await self._plane.start()
        await self._plane.serve()

    def stop(self) -> None:
        asyncio.run_coroutine_threadsafe(self._plane.stop(), self._loop).result(PATIENCE)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE)
        self._loop.close()


@dataclass
class Kubectl:
    """Runs kubectl in ``namespace``; what it was told to write lies under ``folder``."""

    environment: dict[str, str]
    folder: Path
    namespace: str
    editor: str = field(default="true")

    def __call__(self, command: str, stdin: str = "", code: int = 0) -> str:
        """Standard output of ``kubectl COMMAND``; with ``code`` not 0, standard error."""
        done = self._run(command, stdin)
        assert done.returncode == code, f"kubectl {command}: {done.stdout}{done.stderr}"
        return done.stderr if code else done.stdout

    def eventually(self, command: str, text: str = "") -> str:
        """What it prints once it succeeds with ``text`` in it: for what a server is told by itself."""
        deadline = monotonic() + PATIENCE
        while (done := self._run(command)).returncode or text not in done.stdout:
            assert monotonic() < deadline, f"kubectl {command}: {done.stdout}{done.stderr}"
        return done.stdout

    def _run(self, command: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        assert KUBECTL is not None
        return subprocess.run(
            [KUBECTL, "--namespace", self.namespace, *command.split(" ")],
            input=f"---\n{stdin}",  # or kubectl takes a brace for the start of JSON
            capture_output=True,
            text=True,
            timeout=2 * PATIENCE,
            cwd=self.folder,
            env={**self.environment, "KUBE_EDITOR": self.editor},
        )

    def start(self, command: str) -> subprocess.Popen[str]:
        """The same, while it runs."""
        assert KUBECTL is not None
        return subprocess.Popen(
            [KUBECTL, "--namespace", self.namespace, *command.split(" ")],
            stdout=subprocess.PIPE,
            text=True,
            cwd=self.folder,
            env=self.environment,
        )

    def file(self, name: str, text: str) -> str:
        (self.folder / name).write_text(text)
        return name


@pytest.fixture(scope="session", params=HOMES)
def kubeconfig(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """Of the administrator of the embedded API server, or of a real one: kubectl sees no difference."""
    if KUBECTL is None:
        pytest.skip("kubectl is not installed; try the package kubernetes-client")
    folder = tmp_path_factory.mktemp("server")
    if request.param == "embedded":
        running = Running(folder)
        yield running.start()
        running.stop()
        return
    programs = programs_or_skip()
    with kube_server_at_rest(folder, programs) as server:
        yield server.kubeconfig


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("kubectl-cache")


@pytest.fixture
def kubectl(kubeconfig: Path, cache: Path, tmp_path: Path) -> Kubectl:
    environment = {
        "KUBECONFIG": str(kubeconfig),
        "KUBECACHEDIR": str(cache),
        "HOME": str(cache),
        "PATH": os.environ["PATH"],
    }
    found = Kubectl(environment, tmp_path, f"test-{next(_NUMBERS)}")
    found(f"create namespace {found.namespace}")
    return found
