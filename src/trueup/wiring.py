"""The only place where the parts meet their edges: which client, which store, which controllers."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path

from trueup.apply import Objection, no_objection
from trueup.cluster import Client, Informer
from trueup.controllers.artifacts import Artifacts
from trueup.controllers.clock import Clock
from trueup.controllers.definitions import install, missing
from trueup.controllers.deliveries.controller import Deliveries
from trueup.controllers.deliveries.rendering_store import RenderingStore
from trueup.controllers.home import Home
from trueup.controllers.metrics import Metric, Sample
from trueup.controllers.objections import objection_to
from trueup.controllers.replicas.rivals import Rivals
from trueup.controllers.replicas.shard import ALL, Shard
from trueup.controllers.replicas.standby import Standby
from trueup.controllers.sources.checkouts import Checkouts
from trueup.controllers.sources.controller import Sources
from trueup.controlplane.auth.user import AUTHENTICATED, MASTERS, User
from trueup.controlplane.control_plane import ControlPlane
from trueup.controlplane.inprocess import InProcessTransport
from trueup.controlplane.simulation import simulation_of
from trueup.dialects.argocd.tracking import CONTROLLER as ARGOCD
from trueup.dialects.argocd.tracking import application_of
from trueup.dialects.flux import crds as flux_crds
from trueup.dialects.flux.conventions import CONVENTIONS
from trueup.dialects.flux.decryption import Decryption
from trueup.dialects.flux.delivery_dialect import KustomizationDialect
from trueup.dialects.flux.rivals import RIVALS as FLUX
from trueup.dialects.flux.tenancy import OPEN, Tenancy
from trueup.errors import InputError
from trueup.fetch.git import GitCache
from trueup.keys import Accounts
from trueup.objects import Manifest, ObjectRef
from trueup.report import crds as own_crds
from trueup.report.conditions import find

CONTROLLER = User("system:trueup", groups=(MASTERS, AUTHENTICATED))
"""Who the controllers are on the embedded control plane."""


def definitions() -> list[Manifest]:
    """The CustomResourceDefinitions of every kind that the controllers run."""
    return [*flux_crds.crds(), *own_crds.crds()]


class Controllers:
    """All controllers against one API server; ``cache`` is a folder that may be lost.

    ``allow_local``: whether sources may name paths of this machine; right where all who may write
    sources may read this machine's files too. ``age_secret`` has age keys for deliveries that name
    none; ``vaults`` is the ConfigMap with the Vaults that accounts may log in to. ``shard``: what
    part of them to work on. To be made on the event loop that it runs on.
    """

    def __init__(
        self,
        client: Client,
        cache: Path,
        clock: Clock | None = None,
        *,
        allow_local: bool = False,
        tenancy: Tenancy = OPEN,
        age_secret: ObjectRef | None = None,
        vaults: ObjectRef | None = None,
        objection: Objection = no_objection,
        shard: Shard = ALL,
    ) -> None:
        self.client = client
        self._shard = shard
        self.home = Home(client, clock or Clock())
        artifacts = Artifacts()
        self.checkouts = Checkouts(GitCache(cache / "git"), allow_local=allow_local)
        self.sources = Sources(self.home, self.checkouts, artifacts, shard)
        self.deliveries = Deliveries(
            self.home,
            KustomizationDialect(tenancy, _decryption(client, tenancy, age_secret, vaults)),
            CONVENTIONS,
            artifacts,
            self.sources.resources.get,
            RenderingStore(cache / "renderings"),
            objection,
            shard,
        )

    def unready(self) -> str:
        """What is not known yet of the cluster, or not any more; empty once all is."""
        return "; ".join(
            f"{informer.gvk.kind}: {informer.problem or 'not listed yet'}"
            for informer in self._informers
            if informer.problem or not informer.synced
        )

    def metrics(self) -> list[Metric]:
        """How many resources of each kind are ready, of those in this shard."""
        counted = Counter(
            (informer.gvk.kind, _ready(resource))
            for informer in (self.sources.resources, self.deliveries.resources)
            for ref, resource in informer
            if self._shard.owns(ref)
        )
        part = {"shard": str(self._shard.number)} if self._shard.of > 1 else {}
        samples = tuple(
            Sample(number, {"kind": kind, "ready": ready, **part})
            for (kind, ready), number in sorted(counted.items())
        )
        about = "Sources and deliveries by what their Ready condition says."
        return [Metric("trueup_resources", about, samples)]

    @property
    def _informers(self) -> tuple[Informer[Manifest], Informer[Manifest], Informer[bytes]]:
        deliveries = self.deliveries
        return self.sources.resources, deliveries.resources, deliveries.memory.resources

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


def _decryption(
    client: Client, tenancy: Tenancy, age_secret: ObjectRef | None, vaults: ObjectRef | None
) -> Decryption:
    """Where tenants are not to act as Trueup, they are not to decrypt as Trueup either."""
    return Decryption(
        age_secret=age_secret,
        as_this_machine=not tenancy.default_service_account,
        accounts=Accounts(client),
        default_account=tenancy.default_decryption_service_account,
        vaults=vaults,
    )


def _ready(resource: Manifest) -> str:
    """True, False or Unknown."""
    found = find((resource.get("status") or {}).get("conditions") or (), "Ready")
    return str(found["status"]) if found else "Unknown"


async def run_alone(
    client: Client, work: Callable[[Objection], Awaitable[None]], clock: Clock | None = None
) -> None:
    """Do ``work`` while nobody else in the cluster works on the same resources."""
    rivals = Rivals(client, (*FLUX, ARGOCD), clock)
    objection = objection_to(rivals, ARGOCD, application_of)
    await Standby(client, rivals, clock).run(lambda: work(objection))


async def prepare(client: Client, *, install_definitions: bool) -> None:
    """See to it that the kinds are served; InputError if they are not, and must not be installed."""
    if install_definitions:
        await install(client, definitions())
    elif absent := await missing(client, definitions()):
        raise InputError(
            f"the cluster does not serve {', '.join(absent)}",
            next_step="install them with --install-crds",
        )


class Embedded:
    """Everything in one process, its state below ``data``."""

    def __init__(
        self,
        data: Path,
        *,
        simulation: bool = True,
        clock: Clock | None = None,
        tenancy: Tenancy = OPEN,
        age_secret: ObjectRef | None = None,
        vaults: ObjectRef | None = None,
    ) -> None:
        self.plane = ControlPlane(data)
        self.transport = InProcessTransport(self.plane, CONTROLLER)
        self.client = Client(self.transport)
        self.clock = clock or Clock()
        self.controllers = Controllers(
            self.client,
            data / "cache",
            self.clock,
            allow_local=True,
            tenancy=tenancy,
            age_secret=age_secret,
            vaults=vaults,
        )
        self._simulates = simulation

    async def start(self) -> None:
        """Open the state and serve the kinds; ``run`` then goes on from there."""
        await self.plane.start()
        await prepare(self.client, install_definitions=True)

    async def run(self) -> None:
        """Work until cancelled."""
        async with asyncio.TaskGroup() as group:
            if self._simulates:
                group.create_task(simulation_of(self.plane, self.clock).run())
            group.create_task(self.controllers.run())

    async def stop(self) -> None:
        """Write what is queued, and close the state."""
        await self.plane.stop()
