"""What a fault is made with: a story, its home, the proxy between them, and the controllers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from tests.faults.cases import Case
from tests.faults.homes import Home, config_of, nobody, person
from tests.faults.in_process import InProcess
from tests.faults.story import Story, eventually
from trueup.objects import yaml
from trueup.testing.controller import Controller
from trueup.testing.proxy import FaultProxy

Runner = Controller | InProcess


@dataclass(frozen=True)
class Stage:
    """All of it, running."""

    home: Home
    story: Story
    proxy: FaultProxy
    controller: Runner
    folder: Path

    def logged(self) -> str:
        return self.controller.log.read_text(errors="replace")

    def log_lines(self) -> int:
        return self.logged().count("\n")

    async def calm(self) -> None:
        """Returns once a second has passed with next to no requests."""

        async def look() -> bool | None:
            return len(self.proxy.arrived_since(monotonic() - 1)) <= _IDLE or None

        await eventually(look, "the controllers come to rest")


_IDLE = 3
"""Requests per second that an idle controller may make: it renews its Lease."""


@asynccontextmanager
async def stage(home: Home, case: Case, folder: Path, namespace: str) -> AsyncIterator[Stage]:
    """A controller before the proxy before ``home``, with one live delivery."""
    config = config_of(home)
    proxy = FaultProxy(config, folder)
    async with person(home) as client, proxy.running():
        story = Story(client, nobody(config), namespace, folder)
        await story.begin()
        controller = _runner(case, folder, _kubeconfig(story, proxy, folder))
        await controller.start()
        try:
            yield Stage(home, story, proxy, controller, folder)
        finally:
            await controller.kill()
            await story.leave()


def _runner(case: Case, folder: Path, kubeconfig: Path) -> Runner:
    namespace = yaml.load(kubeconfig.read_bytes())["contexts"][0]["context"]["namespace"]
    if case.controller:
        (folder / "controller").mkdir()
        return InProcess(folder / "controller", kubeconfig, namespace, **case.controller)
    return Controller(folder / "controller", kubeconfig, "--allow-local-sources")


def _kubeconfig(story: Story, proxy: FaultProxy, folder: Path) -> Path:
    """Of the proxy, with a token that is read from a file whenever it is needed."""
    (folder / "ca.crt").write_text(proxy.authority.certificate)
    cluster = {"server": proxy.url, "certificate-authority": "ca.crt"}
    context = {"cluster": "proxy", "user": "trueup", "namespace": story.namespace}
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "proxy", "cluster": cluster}],
        "users": [{"name": "trueup", "user": {"tokenFile": story.token_file.name}}],
        "contexts": [{"name": "proxy", "context": context}],
        "current-context": "proxy",
    }
    path = folder / "kubeconfig"
    path.write_text(yaml.dump(config))
    return path
