"""The servers that the contract is tried on: our own in this process, and a real kube-apiserver.

The real one is skipped where its programs are missing; ``make kube`` builds them.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.contract.report import OUTCOMES, clause, table
from tests.contract.server import Api, Server
from tests.programs import programs_or_skip
from trueup.controllers.clock import Clock
from trueup.controlplane.auth.user import User
from trueup.controlplane.control_plane import ControlPlane
from trueup.controlplane.inprocess import InProcessTransport
from trueup.controlplane.simulation import simulation_of
from trueup.objects import yaml
from trueup.testing.kube import KWOK, kube_programs, kube_server
from trueup.testing.kube_nodes import NODE

ADMIN = User("admin", groups=("system:masters", "system:authenticated"))
SERVERS = ("embedded", "real")
_HERE = Path(__file__).parent
KNOWN_DIFFERENCES: dict[str, dict[str, str]] = yaml.load(
    (_HERE / "known_differences.yaml").read_bytes()
)
"""By ``file: name of the clause``, the server that does not keep it and the reason."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One loop for all tests here, since they share one server; and the differences to expect."""
    for item in items:
        if _HERE in item.path.parents and item.get_closest_marker("asyncio"):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)
            for server in SERVERS:
                name = item.name.partition(f"[{server}-")[2].removesuffix("]")
                if reason := KNOWN_DIFFERENCES.get(name, {}).get(server):
                    item.add_marker(pytest.mark.xfail(reason=reason, strict=True))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What became of the clauses, by area; loudly, if the real server was not there to try."""
    clauses = [
        clause(report.nodeid, outcome)
        for outcome in OUTCOMES
        for report in terminalreporter.getreports(outcome)
        if "tests/contract/" in report.nodeid
    ]
    if not clauses:
        return
    terminalreporter.section("contract of the API")
    for line in table(clauses):
        terminalreporter.write_line(line)
    if kube_programs() is None:
        terminalreporter.section("NOT TRIED ON A REAL kube-apiserver", red=True)
        terminalreporter.write_line("It is not on this machine: `make kube` builds it, once.")


@pytest_asyncio.fixture(scope="session", loop_scope="session", params=SERVERS)
async def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Server]:
    folder = tmp_path_factory.mktemp("contract")
    if request.param == "real":
        programs = programs_or_skip()
        has_kwok = (programs / KWOK).exists()
        async with (
            kube_server(folder, programs, with_node=has_kwok) as running,
            running.transport() as transport,
        ):
            node = NODE["metadata"]["name"] if has_kwok else ""
            has_housekeeping = running.has_housekeeping
            real = Server(transport, is_real=True, has_housekeeping=has_housekeeping, node=node)
            await real.wait_housekeeping()
            yield real
        return
    plane = ControlPlane(folder)
    await plane.start()
    await plane.stop()
    await plane.start()  # so that there is a past which it has forgotten, as the real one has
    yield Server(InProcessTransport(plane, ADMIN))
    await plane.stop()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def simulating(
    server: Server, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Server]:
    """The server where Pods run, as KWOK or our own simulation has it."""
    if server.is_real:
        yield server
        return
    plane = ControlPlane(tmp_path_factory.mktemp("simulating"))
    await plane.start()
    simulation = asyncio.create_task(simulation_of(plane, Clock()).run())
    yield Server(InProcessTransport(plane, ADMIN), node="simulated-1")
    simulation.cancel()
    await asyncio.wait([simulation])
    await plane.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def node_api(simulating: Server) -> AsyncIterator[Api]:
    """As ``api``; ``{node}`` is the name of a Node on which Pods run."""
    if not simulating.node:
        pytest.skip("no KWOK here; `make kube` builds one")
    async with simulating.namespace() as api:
        api.saved["node"] = simulating.node
        yield api


@pytest_asyncio.fixture(loop_scope="session")
async def api(server: Server) -> AsyncIterator[Api]:
    """The server seen from a namespace of the test's own."""
    async with server.namespace() as api:
        yield api
