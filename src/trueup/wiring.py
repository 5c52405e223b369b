"""The only place where the parts meet their edges: which client, which store, which controllers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from trueup.cluster import Client
from trueup.controllers.artifacts import Artifacts
from trueup.controllers.checkouts import Checkouts
from trueup.controllers.clock import Clock
from trueup.controllers.definitions import install, missing
from trueup.controllers.deliveries import Deliveries
from trueup.controllers.home import Home
from trueup.controllers.sources import Sources
from trueup.controlplane.auth.user import AUTHENTICATED, MASTERS, User
from trueup.controlplane.control_plane import ControlPlane
from trueup.controlplane.inprocess import InProcessTransport
from trueup.controlplane.simulation import simulation_of
from trueup.dialects.flux import crds as flux_crds
from trueup.dialects.flux.conventions import CONVENTIONS
from trueup.dialects.flux.delivery_dialect import KUSTOMIZATIONS
from trueup.errors import InputError
from trueup.fetch.git import GitCache
from trueup.objects import Manifest
from trueup.report import crds as own_crds

CONTROLLER = User("system:trueup", groups=(MASTERS, AUTHENTICATED))
"""Who the controllers are on the embedded control plane."""


def definitions() -> list[Manifest]:
    """The CustomResourceDefinitions of every kind that the controllers run."""
    return [*flux_crds.crds(), *own_crds.crds()]


class Controllers:
    """All controllers against one API server; ``cache`` is a folder that may be lost.

    ``allow_local``: whether sources may name paths of this machine; right where all who may write
    sources may read this machine's files too.
    """

    def __init__(
        self,
        client: Client,
        cache: Path,
        clock: Clock | None = None,
        *,
        allow_local: bool = False,
    ) -> None:
        self.client = client
        self.home = Home(client, clock or Clock())
        artifacts = Artifacts()
        self.checkouts = Checkouts(GitCache(cache / "git"), allow_local=allow_local)
        self.sources = Sources(self.home, self.checkouts, artifacts)
        self.deliveries = Deliveries(
            self.home, KUSTOMIZATIONS, CONVENTIONS, artifacts, self.sources.resources.get
        )

    async def run(self) -> None:
        """Work until cancelled."""
        deliveries = self.deliveries
        try:
            async with asyncio.TaskGroup() as group:
                for work in (
                    self.home.write_events(),
                    self.sources.resources.run(),
                    self.sources.run(),
                    self.checkouts.keep_tidy(),
                    deliveries.resources.run(),
                    deliveries.memory.resources.run(),
                    deliveries.run(),
                ):
                    group.create_task(work)
        finally:
            await deliveries.close()


async def prepare(client: Client, *, install_definitions: bool) -> None:
    """See to it that the kinds are served; InputError if they are not, and must not be installed."""
    if install_definitions:
        await install(client, definitions())
    elif absent := await missing(client, definitions()):
        raise InputError(
            f"the cluster does not serve {', '.join(absent)}",
            next_step="install them with --install-crds",
        )


@asynccontextmanager
async def embedded(
    data: Path, *, simulation: bool = True
) -> AsyncIterator[tuple[ControlPlane, Client]]:
    """A running control plane that keeps its state in ``data``, and a client for controllers.

    ``simulation``: workloads go through their states, as if something ran them.
    """
    plane = ControlPlane(data)
    await plane.start()
    try:
        client = Client(InProcessTransport(plane, CONTROLLER))
        await prepare(client, install_definitions=True)
        async with asyncio.TaskGroup() as group:
            if simulation:
                simulated = group.create_task(simulation_of(plane, Clock()).run())
            yield plane, client
            if simulation:
                simulated.cancel()
    finally:
        await plane.stop()
