"""A real Kubernetes API server for tests: etcd and kube-apiserver on loopback, of this machine.

``docs/testing.md`` shows how a project of its own uses it. ``make kube`` builds the programs into the
user's cache; ``KUBEBUILDER_ASSETS`` names the folder of whoever has them already. With kube-controller-manager among them there is housekeeping too:
garbage, namespaces, service accounts. With kube-scheduler and KWOK besides there can be workloads:
all of Kubernetes' controllers, and one simulated machine on which every Pod is soon ready.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from trueup.cluster import Client
from trueup.cluster.http import HttpTransport
from trueup.cluster.kubeconfig import cluster_config_from_file
from trueup.errors import TrueupError
from trueup.testing.kube_files import KubeFiles
from trueup.testing.kube_nodes import NODE
from trueup.testing.kube_program import KubeProgram
from trueup.testing.patience import PATIENCE
from trueup.testing.ports import reserved_port

ETCD, API_SERVER = NEEDED = ("etcd", "kube-apiserver")
HOUSEKEEPER = "kube-controller-manager"
KWOK = "kwok"
FOR_WORKLOADS = (HOUSEKEEPER, "kube-scheduler", KWOK)


class KubeError(Exception):
    """A program is not there, or did not start; then the message ends with the last of its log."""


def kube_programs(*more: str) -> Path | None:
    """The folder of etcd, kube-apiserver and ``more``, the newest version if there are several."""
    named = os.environ.get("KUBEBUILDER_ASSETS")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "trueup" / "kube"
    folders = [Path(named)] if named else sorted(cache.glob("v*"), key=_version, reverse=True)
    names = (*NEEDED, *more)
    return next((each for each in folders if all((each / name).exists() for name in names)), None)


def missing_programs(*more: str) -> str:
    """What to tell whoever has no folder of etcd, kube-apiserver and ``more``."""
    named = os.environ.get("KUBEBUILDER_ASSETS")
    where = f"KUBEBUILDER_ASSETS, {named}, lacks" if named else "this machine lacks"
    names = " or ".join((*NEEDED, *more))
    return f"{where} {names}: name their folder in KUBEBUILDER_ASSETS, or build them (`make kube`)"


def _version(folder: Path) -> list[int]:
    return [int(part) for part in folder.name[1:].split(".") if part.isdigit()]


@dataclass(frozen=True, slots=True)
class KubeServer:
    """A running API server. ``kubeconfig`` is of a user who may do anything.

    ``programs`` are what it consists of, by name.
    """

    url: str
    kubeconfig: Path
    has_housekeeping: bool
    programs: Mapping[str, KubeProgram]

    @asynccontextmanager
    async def transport(self) -> AsyncIterator[HttpTransport]:
        transport = HttpTransport(cluster_config_from_file(str(self.kubeconfig)))
        try:
            yield transport
        finally:
            await transport.close()

    async def wait_ready(self) -> None:
        """KubeError if it ends instead, or takes too long."""
        program = self.programs[API_SERVER]
        try:
            async with asyncio.timeout(PATIENCE), self.transport() as transport:
                while not program.has_ended:
                    if await _is_ready(transport):
                        return
                    await asyncio.sleep(0.1)
        except TimeoutError:
            pass
        raise KubeError(f"kube-apiserver did not start; its log ends with:\n{program.last_words()}")


@asynccontextmanager
async def kube_server(
    folder: Path,
    programs: Path | None = None,
    *,
    with_node: bool = False,
    with_workloads: bool = False,
    options: Mapping[str, object] = MappingProxyType({}),
) -> AsyncIterator[KubeServer]:
    """Runs ``programs`` with all their files in ``folder`` for as long as the block runs.

    Without ``programs``, what ``kube_programs`` finds is taken. ``with_node`` needs KWOK among them: its Node is there, for Pods that name it.
    ``with_workloads`` needs FOR_WORKLOADS, and has that Node too. ``options`` are kube-apiserver's,
    over those that it gets anyway. KubeError if one does not come up.
    """
    programs = programs or _found(with_node=with_node, with_workloads=with_workloads)
    files = KubeFiles(folder)
    has_housekeeping = (programs / HOUSEKEEPER).exists()
    started: dict[str, KubeProgram] = {}
    async with AsyncExitStack() as running:
        stored, port, kubelet = (running.enter_context(reserved_port()) for _ in range(3))
        etcd, url = f"https://127.0.0.1:{stored}", f"https://127.0.0.1:{port}"
        server = KubeServer(url, files.kubeconfig, has_housekeeping, started)
        files.write_kubeconfig(url)

        async def run(name: str, chosen: Mapping[str, object]) -> None:
            program = KubeProgram(programs / name, chosen, folder)
            started[name] = await running.enter_async_context(program.running())

        await run(ETCD, files.etcd_options(etcd))
        await run(API_SERVER, {**files.server_options(etcd, port), **options})
        await server.wait_ready()
        if has_housekeeping:
            await run(HOUSEKEEPER, files.controller_options(with_workloads=with_workloads))
        if with_workloads:
            await run("kube-scheduler", files.scheduler_options())
        if with_node or with_workloads:
            await run(KWOK, files.kwok_options(kubelet))
            async with server.transport() as transport:
                await Client(transport).create(NODE, field_manager="kubelet")
        yield server


@contextmanager
def kube_server_at_rest(folder: Path, programs: Path | None = None) -> Iterator[KubeServer]:
    """The same for whoever runs no event loop: between start and stop only its processes live.

    They do not outlive the thread that started them.
    """
    running = kube_server(folder, programs)
    with asyncio.Runner() as runner:
        server = runner.run(running.__aenter__())
        try:
            yield server
        finally:
            runner.run(running.__aexit__(None, None, None))


def _found(*, with_node: bool, with_workloads: bool) -> Path:
    more = FOR_WORKLOADS if with_workloads else (KWOK,) if with_node else ()
    programs = kube_programs(*more)
    if programs is None:
        raise KubeError(missing_programs(*more))
    return programs


async def _is_ready(transport: HttpTransport) -> bool:
    try:
        return (await transport.request("GET", "/readyz", [], {}, None)).status == 200
    except TrueupError:
        return False
