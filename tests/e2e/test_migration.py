"""From Flux to Trueup and back on a real API server, with what a real Flux left there.

What Flux's controllers wrote is in ``tests/cases/migration/flux.yaml``; every turn that a migration
can take is in ``tests/unit/migration``.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.programs import programs_or_skip
from trueup.cluster import Client
from trueup.cluster.following import changes, until
from trueup.controllers.definitions import install
from trueup.objects import GroupVersionKind, Manifest, ObjectRef, yaml
from trueup.report.conditions import find
from trueup.testing.controller import Controller
from trueup.testing.git import GitRepo
from trueup.testing.kube import KubeServer, kube_server
from trueup.testing.patience import PATIENCE
from trueup.testing.recorded import restore
from trueup.wiring import definitions

pytestmark = pytest.mark.e2e

CASES = Path(__file__).parents[1] / "cases" / "migration" / "flux.yaml"
FLUX: dict[str, Any] = yaml.load(CASES.read_bytes())
SYSTEM = "flux-system"
EVENT = GroupVersionKind("", "v1", "Event")
DELIVERIES = [ObjectRef.of(obj) for obj in FLUX["live"] if obj["kind"] == "Kustomization"]
CONTROLLERS = [
    ref
    for ref in map(ObjectRef.of, FLUX["live"])
    if (ref.kind, ref.namespace) == ("Deployment", SYSTEM)
]
DELIVERED = [
    ref
    for ref in map(ObjectRef.of, FLUX["live"])
    if ref.namespace == "shop" or ref.name in ("shop:reader", "baskets.shop.example.com")
]


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[KubeServer]:
    programs = programs_or_skip()
    (tmp_path / "kube").mkdir()
    async with kube_server(tmp_path / "kube", programs) as running:
        yield running


@pytest.fixture
async def person(server: KubeServer, tmp_path: Path) -> AsyncIterator[Client]:
    """Whoever runs the cluster that Flux left."""
    repo = GitRepo(tmp_path / "repo.git")
    repo.commit(FLUX["files"], message="the same, by another name")
    async with server.transport() as transport:
        person = Client(transport)
        await install(person, definitions())
        for recorded in FLUX["live"]:
            if recorded["kind"] == "GitRepository":
                recorded = {**recorded, "spec": {**recorded["spec"], "url": repo.url}}
            await restore(person, recorded)
        yield person


@pytest.fixture
async def trueup(server: KubeServer, tmp_path: Path) -> AsyncIterator[Controller]:
    child = Controller(tmp_path / "trueup", server.kubeconfig, "--allow-local-sources")
    yield child
    await child.kill()


async def test_nothing_that_was_delivered_is_written_on_the_way_there_and_back(
    server: KubeServer, person: Client, trueup: Controller
) -> None:
    before = await delivered(person)
    refused = migrate(server)
    assert (refused.returncode, "Flux's kustomize-controller runs" in refused.stderr) == (1, True)
    there = migrate(server, "--scale-down")
    assert (there.returncode, there.stderr) == (0, "")
    await trueup.start()
    for ref in DELIVERIES:
        await until(person, ref, is_live_again, timeout=PATIENCE)
    assert await delivered(person) == before
    assert migrate(server, "--back").returncode == 1
    await trueup.stop()
    back = migrate(server, "--back")
    assert (back.returncode, back.stderr) == (0, "")
    assert [(await person.get(ref))["spec"]["replicas"] for ref in CONTROLLERS] == [1, 1]
    assert await delivered(person) == before


async def test_a_trueup_that_waits_beside_flux_goes_on_when_flux_is_stopped_and_only_then(
    server: KubeServer, person: Client, trueup: Controller
) -> None:
    starting = asyncio.create_task(trueup.start(timeout=PATIENCE))
    assert "hand over with `trueup migrate" in await told(person, CONTROLLERS[0])
    assert not starting.done()
    assert migrate(server, "--scale-down").returncode == 0
    await starting
    for ref in DELIVERIES:
        await until(person, ref, is_live_again, timeout=PATIENCE)
    await person.patch(CONTROLLERS[0], {"spec": {"replicas": 1}}, field_manager="person")
    await said_twice(trueup, f"standing by: Flux's kustomize-controller runs ({CONTROLLERS[0]})")
    asked = {"metadata": {"annotations": {"reconcile.fluxcd.io/requestedAt": "now"}}}
    await person.patch(DELIVERIES[0], asked, field_manager="person")
    now = [(await person.get(ref))["status"] for ref in DELIVERIES]
    assert not any("lastHandledReconcileAt" in status for status in now)


async def told(person: Client, ref: ObjectRef) -> str:
    """The message of the first Event about the object."""
    about = f"involvedObject.name={ref.name},reason=StandingBy"
    async with asyncio.timeout(PATIENCE):
        async for batch in changes(person, EVENT, ref.namespace, field_selector=about):
            for event in batch:
                return str(event.object["message"])
    raise AssertionError(ref)


async def said_twice(trueup: Controller, text: str) -> None:
    async with asyncio.timeout(PATIENCE):
        while trueup.log.read_text().count(text) < 2:
            await asyncio.sleep(0.05)


async def delivered(person: Client) -> list[Manifest]:
    return [await person.get(ref) for ref in DELIVERED]


def migrate(server: KubeServer, *options: str) -> subprocess.CompletedProcess[str]:
    command = (sys.executable, "-m", "trueup", "migrate", "--kubeconfig", str(server.kubeconfig))
    return subprocess.run([*command, *options], capture_output=True, text=True, check=False)


def is_live_again(obj: Manifest) -> bool | None:
    """At the commit of this repository, which is another than the recorded one."""
    status = obj["status"]
    ready = find(status["conditions"], "Ready") or {}
    is_ours = status["lastAppliedRevision"] != recorded_revision()
    return (ready.get("status") == "True" and is_ours) or None


def recorded_revision() -> str:
    found = next(obj for obj in FLUX["live"] if obj["kind"] == "Kustomization")
    return str(found["status"]["lastAppliedRevision"])
