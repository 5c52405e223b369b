"""A cluster in the process for the command line to talk to, and a way to run commands on it."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from trueup.cli import main
from trueup.cli.connection import Connection
from trueup.cluster import Client
from trueup.cluster.transport import Transport
from trueup.controlplane.auth.user import User
from trueup.controlplane.control_plane import ControlPlane
from trueup.controlplane.inprocess import InProcessTransport
from trueup.dialects.flux.crds import crds as flux_crds
from trueup.objects import Manifest, yaml
from trueup.report.crds import crds as own_crds

CASES = Path(__file__).parents[2] / "cases" / "cli"
ADMIN = User("admin", groups=("system:masters",))

Controller = Callable[[Client], Awaitable[None]]
Run = Callable[..., Result]


class Embedded(InProcessTransport):
    """A transport that brings its control plane, and a controller, and ends them when closed."""

    def __init__(self, plane: ControlPlane, controller: Controller | None) -> None:
        super().__init__(plane, ADMIN)
        self._plane = plane
        self._task = asyncio.ensure_future(controller(Client(self))) if controller else None

    @classmethod
    async def start(cls, data: Path, controller: Controller | None = None) -> Embedded:
        plane = ControlPlane(data)
        await plane.start()
        return cls(plane, controller)

    async def close(self) -> None:
        if self._task:
            self._task.cancel()
        await self._plane.stop()


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data of a control plane that holds ``world.yaml``."""
    data = tmp_path_factory.mktemp("world")
    asyncio.run(_create_world(data))
    return data


@pytest.fixture
def run(world: Path, tmp_path: Path) -> Run:
    """Runs ``trueup`` with arguments on a world of its own; ``controller`` acts beside it."""
    data = tmp_path / "data"
    shutil.copytree(world, data)

    def invoke(*args: str, controller: Controller | None = None, stdin: str = "") -> Result:
        async def dial(_connection: Connection) -> tuple[Transport, str]:
            return await Embedded.start(data, controller), "flux-system"

        return CliRunner().invoke(main, args, obj=dial, input=stdin, prog_name="trueup")

    return invoke


async def _create_world(data: Path) -> None:
    transport = await Embedded.start(data)
    client = Client(transport)
    for crd in flux_crds() + own_crds():
        await client.create(crd, field_manager="test")
    client.forget_discovery()
    created: dict[tuple[str, str], Manifest] = {}
    for obj in yaml.load_all(_with_times((CASES / "world.yaml").read_text())):
        for owner in obj["metadata"].get("ownerReferences", ()):
            owner["uid"] = created[owner["kind"], owner["name"]]["metadata"]["uid"]
        answer = await client.create(obj, field_manager="test")
        created[obj["kind"], obj["metadata"]["name"]] = answer
        if "status" in obj:
            full = answer | {"status": obj["status"]}
            await client.replace(full, field_manager="test", subresource="status")
    await transport.close()


def _with_times(text: str) -> str:
    def time(found: re.Match[str]) -> str:
        then = datetime.now(UTC) - timedelta(days=int(found[1]), minutes=1)
        return f'"{then:%Y-%m-%dT%H:%M:%SZ}"'

    micro = re.sub(r"eventTime: \$ago\((\d+)d\)", lambda m: "eventTime: " + _micro(time(m)), text)
    return re.sub(r"\$ago\((\d+)d\)", time, micro)


def _micro(time: str) -> str:
    return time.replace('Z"', '.000000Z"')
