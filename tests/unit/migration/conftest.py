"""A cluster as Flux left it, on a control plane in the process: ``tests/cases/migration/flux.yaml``."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from trueup.cluster import Client
from trueup.controllers.definitions import install
from trueup.controlplane.control_plane import ControlPlane
from trueup.controlplane.inprocess import InProcessTransport
from trueup.migration.migrating import Migration, Request
from trueup.objects import Manifest, ObjectRef, yaml
from trueup.testing.faults import Faults
from trueup.testing.git import GitRepo
from trueup.testing.recorded import restore
from trueup.wiring import CONTROLLER, definitions

CASES = Path(__file__).parents[2] / "cases" / "migration" / "flux.yaml"
FLUX: dict[str, Any] = yaml.load(CASES.read_bytes())
LEFT: list[Manifest] = FLUX["live"]
OURS = (
    "shop:reader",
    "shop",
    "baskets.shop.example.com",
    "settings",
    "first",
    "till",
    "web",
    "tidy",
)


class Cluster:
    """What Flux left, a person who migrates it, and a line to the server that can be cut."""

    def __init__(self, plane: ControlPlane, repo: GitRepo) -> None:
        self.plane = plane
        self.repo = repo
        self.line = Faults(InProcessTransport(plane, CONTROLLER))
        self.person = Client(InProcessTransport(plane, CONTROLLER))

    async def migrate(self, *, patience: float = 60, **asked: bool) -> list[str]:
        """What is said of it, line by line."""
        said: list[str] = []
        client = Client(self.line)
        await Migration(client, Request(**asked), said.append, patience=patience).run()
        return "\n".join(said).splitlines()

    async def put(self, left: Manifest) -> None:
        """An object with all that is recorded of it, also who owns which field."""
        if left["kind"] == "GitRepository":
            left = {**left, "spec": {**left["spec"], "url": self.repo.url}}
        await restore(self.person, left)

    async def delivered(self) -> dict[str, Manifest]:
        """All that Flux delivered, as it is now."""
        refs = [ObjectRef.of(obj) for obj in LEFT if obj["metadata"]["name"] in OURS]
        return {str(ref): await self.person.get(ref) for ref in refs if "fluxcd" not in ref.group}

    async def versions(self) -> dict[str, str]:
        """The version of each thing there is: it moves with every write."""
        found = {}
        for obj in (*LEFT, *RECORDS):
            live = await self.person.find(ObjectRef.of(obj))
            if live is not None:
                found[str(ObjectRef.of(obj))] = live["metadata"]["resourceVersion"]
        return found

    async def hold(self, name: str, *, namespace: str = "flux-system") -> ObjectRef:
        """Somebody renews the Lease ``name`` right now."""
        lease = {
            "apiVersion": "coordination.k8s.io/v1",
            "kind": "Lease",
            "metadata": {"name": name, "namespace": namespace},
            "spec": {
                "holderIdentity": "somebody",
                "leaseDurationSeconds": 35,
                "renewTime": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            },
        }
        await self.person.apply(lease, field_manager="leader", force=True)
        return ObjectRef.of(lease)


def record(name: str) -> Manifest:
    """Where the record of the delivery ``name`` lies."""
    metadata = {"name": f"kustomization-{name}", "namespace": "flux-system"}
    return {"apiVersion": "trueup.dev/v1alpha1", "kind": "DeliveryRecord", "metadata": metadata}


def left(kind: str, name: str) -> ObjectRef:
    return next(ref for ref in map(ObjectRef.of, LEFT) if (ref.kind, ref.name) == (kind, name))


RECORDS = (record("platform"), record("shop"))


@pytest.fixture
async def cluster(tmp_path: Path) -> AsyncIterator[Cluster]:
    plane = ControlPlane(tmp_path / "data")
    await plane.start()
    repo = GitRepo(tmp_path / "repo.git")
    repo.commit(FLUX["files"], message="the same, by another name")
    cluster = Cluster(plane, repo)
    await install(cluster.person, definitions())
    for obj in LEFT:
        await cluster.put(obj)
    yield cluster
    await plane.stop()
