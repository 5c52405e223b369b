"""An embedded control plane, a transport to it that can fail, and a person beside us."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from trueup.apply import Owner, Writer
from trueup.cluster import Client
from trueup.controlplane.auth.user import User
from trueup.controlplane.control_plane import ControlPlane
from trueup.controlplane.inprocess import InProcessTransport
from trueup.flow import Controls, Conventions, Desired, Write
from trueup.objects import Manifest, ObjectRef, manifest
from trueup.observe.fingerprint import fingerprint
from trueup.plan.decide import Change, Live, Remembered, decide
from trueup.testing.faults import Faults

MANAGER = "trueup-test"
MARKS = {"owner": "apps"}


def controls(obj: Mapping[str, Any]) -> Controls:
    said = manifest.annotations(obj).get("say", "")
    return Controls(
        write=Write.NEVER if said == "leave" else Write.ALWAYS,
        take_over=said != "merge",
        prune=said != "keep",
        recreate=said == "recreate",
    )


def health(obj: Mapping[str, Any], _now: datetime) -> tuple[str, str]:
    return manifest.annotations(obj).get("health", "Current"), ""


CONVENTIONS = Conventions(
    manager=MANAGER, label="owner", displaced=("kubectl",), controls=controls, health=health
)


def config_map(name: str = "web", *, say: str = "", **data: str) -> Manifest:
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {
            "name": name,
            "namespace": "default",
            "labels": dict(MARKS),
            "annotations": {"say": say},
        },
        "data": data,
    }


def desired(obj: Manifest) -> Desired:
    return Desired.of(obj, controls(obj))


class Cluster:
    """One cluster: ``ours`` is the client with faults, ``person`` somebody else's."""

    def __init__(self, plane: ControlPlane) -> None:
        admin = User("admin", groups=("system:masters",))
        self.faults = Faults(InProcessTransport(plane, admin))
        self.ours = Client(self.faults)
        self.person = Client(InProcessTransport(plane, admin))
        self.writer = Writer(Owner(self.ours, CONVENTIONS, MARKS))

    async def get(self, name: str = "web") -> Manifest | None:
        return await self.person.find(ref(name))

    async def change(self, obj: Manifest, remembered: Remembered | None = None) -> Change:
        """What is to be done now, as a watch would have it."""
        live = await self.person.find(ObjectRef.of(obj))
        return decide(desired(obj), None if live is None else seen(live), remembered)


def seen(live: Manifest) -> Live:
    return Live(live["metadata"]["uid"], fingerprint(live, MANAGER), controls=controls(live))


def ref(name: str = "web") -> ObjectRef:
    return ObjectRef("", "ConfigMap", "default", name, "v1")


@pytest.fixture
async def cluster(tmp_path: Path) -> AsyncIterator[Cluster]:
    plane = ControlPlane(tmp_path)
    await plane.start()
    yield Cluster(plane)
    await plane.stop()
