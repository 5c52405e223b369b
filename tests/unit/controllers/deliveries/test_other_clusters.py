"""Deliveries to another cluster, which a kubeconfig in a Secret names."""

from __future__ import annotations

import asyncio
import base64
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.unit.controllers.conftest import (
    KUSTOMIZATION,
    PATIENCE,
    Stage,
    config_map,
    config_map_ref,
    ref_of,
)
from trueup.cluster import Client
from trueup.cluster.following import until
from trueup.controlplane.auth.user import User
from trueup.controlplane.control_plane import ControlPlane
from trueup.controlplane.inprocess import InProcessTransport
from trueup.objects import yaml

REMOTE = {"secretRef": {"name": "remote"}}


@dataclass
class Other:
    """Another cluster, which listens, and a person there."""

    plane: ControlPlane
    person: Client


@pytest.fixture
async def other(tmp_path: Path) -> AsyncIterator[Other]:
    plane = ControlPlane(tmp_path / "other")
    await plane.start()
    await plane.serve()
    person = User("person", groups=("system:masters",))
    yield Other(plane, Client(InProcessTransport(plane, person)))
    await plane.stop()


async def secret(stage: Stage, kubeconfig: bytes) -> None:
    manifest = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "remote", "namespace": "flux-system"},
        "data": {"value": base64.b64encode(kubeconfig).decode()},
    }
    await stage.apply(yaml.dump(manifest))


async def test_it_is_live_there_and_not_here(stage: Stage, other: Other) -> None:
    stage.repo.commit({"app/a.yaml": config_map("a")})
    await stage.source()
    await secret(stage, other.plane.kubeconfig.read_bytes())
    await stage.delivery(kubeConfig=REMOTE)
    await stage.ready()
    assert await other.person.find(config_map_ref("a")) is not None
    assert await stage.get(config_map_ref("a")) is None


async def test_drift_there_is_seen_and_undone(stage: Stage, other: Other) -> None:
    stage.repo.commit({"app/a.yaml": config_map("a", key="1")})
    await stage.source()
    await secret(stage, other.plane.kubeconfig.read_bytes())
    await stage.delivery(kubeConfig=REMOTE)
    await stage.ready()
    await other.person.patch(config_map_ref("a"), {"data": {"key": "2"}}, field_manager="someone")
    await until(
        other.person,
        config_map_ref("a"),
        lambda obj: obj["data"] == {"key": "1"} or None,
        timeout=PATIENCE,
    )


async def test_deleting_the_delivery_deletes_there(stage: Stage, other: Other) -> None:
    stage.repo.commit({"app/a.yaml": config_map("a")})
    await stage.source()
    await secret(stage, other.plane.kubeconfig.read_bytes())
    await stage.delivery(kubeConfig=REMOTE)
    await stage.ready()
    await stage.person.delete(ref_of(KUSTOMIZATION, "app"))
    await stage.gone(ref_of(KUSTOMIZATION, "app"))
    assert await other.person.find(config_map_ref("a")) is None


async def test_a_cluster_that_is_away_is_named_and_comes_back(stage: Stage, other: Other) -> None:
    stage.repo.commit({"app/a.yaml": config_map("a")})
    kubeconfig = other.plane.kubeconfig.read_bytes()
    away = re.sub(rb"https://127.0.0.1:\d+", b"https://127.0.0.1:1", kubeconfig)
    await stage.source()
    await secret(stage, away)
    await stage.delivery(kubeConfig=REMOTE)
    await stage.failing(text="https://127.0.0.1:1: no answer")
    await secret(stage, kubeconfig)
    await stage.ready()


async def test_a_kubeconfig_that_was_replaced_is_watched_with_no_more(
    stage: Stage, other: Other
) -> None:
    stage.repo.commit({"app/a.yaml": config_map("a")})
    kubeconfig = other.plane.kubeconfig.read_bytes()
    await stage.source()
    await secret(stage, kubeconfig)
    await stage.delivery(kubeConfig=REMOTE)
    await stage.ready()
    before = informers()
    for rotated in (b"{}", kubeconfig + b"# rotated\n"):
        await secret(stage, rotated)
        await (stage.failing() if rotated == b"{}" else stage.ready())
    await stage.looked_at()
    assert informers() == before


def informers() -> int:
    """How many watches the controllers keep up, wherever they go."""
    coroutines = [task.get_coro() for task in asyncio.all_tasks()]
    return [getattr(each, "__qualname__", "") for each in coroutines].count("Informer.run")
