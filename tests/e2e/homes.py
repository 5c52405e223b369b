"""The two homes for end-to-end tests, each fresh: the API server, and a Trueup to start and kill."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.programs import programs_or_skip
from trueup.testing.controller import Controller
from trueup.testing.home import Home
from trueup.testing.kube import FOR_WORKLOADS, kube_server
from trueup.testing.up import Up

HOMES = ("embedded", "cluster")


@asynccontextmanager
async def home_in(folder: Path, kind: str, *, with_workloads: bool = False) -> AsyncIterator[Home]:
    """A home of ``kind`` (of HOMES) whose Trueup is not started yet, and is killed at the end."""
    if kind == "embedded":
        async with _killed(Up(folder, *(() if with_workloads else ("--no-simulation",)))) as home:
            yield home
        return
    programs = programs_or_skip(*(FOR_WORKLOADS if with_workloads else ()))
    server_folder = folder / "kube"
    server_folder.mkdir()
    options = ("--install-crds", "--allow-local-sources", "--no-leader-elect")
    async with (
        kube_server(server_folder, programs, with_workloads=with_workloads) as server,
        _killed(Controller(folder, server.kubeconfig, *options)) as home,
    ):
        yield home


@asynccontextmanager
async def _killed(home: Home) -> AsyncIterator[Home]:
    try:
        yield home
    finally:
        await home.kill()
