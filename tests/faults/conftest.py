"""One API server of each home for all faults; the real one is skipped where it is not built."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio

from tests.faults.cases import RATE
from tests.faults.homes import EmbeddedHome, Home, RealHome, person
from tests.programs import programs_or_skip
from trueup.controllers.definitions import install
from trueup.testing.child import ChildError
from trueup.testing.kube import HOUSEKEEPER, kube_server
from trueup.testing.plane import Plane
from trueup.testing.ports import reserved_port
from trueup.wiring import definitions


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How many requests per second came while each fault lasted."""
    for report in terminalreporter.getreports("passed"):
        for name, rate in report.user_properties:
            if name == RATE:
                home, _, case = report.nodeid.rpartition("/test_")[2].partition(".py::")
                fault = case.partition("[")[2].removesuffix("]")
                terminalreporter.write_line(f"{rate:6} {RATE}  {home:<10}{fault}")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def real(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Home]:
    programs = programs_or_skip(HOUSEKEEPER)
    async with kube_server(tmp_path_factory.mktemp("real"), programs) as server:
        yield await _served(RealHome(server))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def embedded(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Home]:
    async with _embedded(tmp_path_factory.mktemp("embedded")) as home:
        yield home


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def small(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Home]:
    """Embedded, on a disk of its own that can be filled."""
    try:
        async with _embedded(tmp_path_factory.mktemp("small"), disk="16m") as home:
            yield home
    except ChildError as error:
        pytest.skip(f"no disk can be made here: {error}")


@asynccontextmanager
async def _embedded(folder: Path, disk: str = "") -> AsyncIterator[Home]:
    with reserved_port() as port:
        plane = Plane(folder, port, disk=disk)
        await plane.start()
        try:
            yield await _served(EmbeddedHome(plane))
        finally:
            await plane.kill()


async def _served(home: Home) -> Home:
    """``home``, with Trueup's kinds."""
    async with person(home) as client:
        await install(client, definitions())
    return home
