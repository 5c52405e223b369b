"""One API server of each home for all faults; the real one is skipped where it is not built."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio

from tests.faults.homes import EmbeddedHome, Home, RealHome, person
from trueup.controllers.definitions import install
from trueup.testing.kube import HOUSEKEEPER, kube_programs, kube_server
from trueup.testing.plane import Plane
from trueup.wiring import definitions

Homes = Callable[[str], Awaitable[Home]]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def homes(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Homes]:
    """By name: ``embedded``, ``small`` (embedded, on a disk of its own that can be filled), ``real``.

    Each is started when it is first asked for.
    """
    started: dict[str, Home] = {}
    async with AsyncExitStack() as running:

        async def find(name: str) -> Home:
            if name not in started:
                made = _made(name, tmp_path_factory.mktemp(name))
                started[name] = await running.enter_async_context(made)
                async with person(started[name]) as client:
                    await install(client, definitions())
            return started[name]

        yield find


def _made(name: str, folder: Path) -> AbstractAsyncContextManager[Home]:
    if name == "real":
        return _real(folder)
    return _embedded(folder, disk="16m" if name == "small" else "")


@asynccontextmanager
async def _real(folder: Path) -> AsyncIterator[Home]:
    programs = kube_programs(HOUSEKEEPER)
    if programs is None:
        pytest.skip("no kube-apiserver here; `make kube` builds one")
    async with kube_server(folder, programs) as server:
        yield RealHome(server)


@asynccontextmanager
async def _embedded(folder: Path, disk: str) -> AsyncIterator[Home]:
    plane = Plane(folder, disk=disk)
    await plane.start()
    try:
        yield EmbeddedHome(plane)
    finally:
        await plane.kill()
