"""A control plane in the process with its simulation, and a clock that tests move."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from trueup.cluster import Client
from trueup.controlplane.auth.user import User
from trueup.controlplane.control_plane import ControlPlane
from trueup.controlplane.inprocess import InProcessTransport
from trueup.controlplane.simulation import Simulation, simulation_of
from trueup.objects import GroupVersionKind, Manifest, ObjectRef, yaml
from trueup.testing.patience import PATIENCE

Test = Callable[[Manifest], Any]


class ManualClock:
    """The real time plus what a test has added: objects are stamped by the real one."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def seconds(self) -> float:
        return asyncio.get_running_loop().time() + self._ahead.total_seconds()

    def forward(self, seconds: float) -> None:
        self._ahead += timedelta(seconds=seconds)


class Cluster:
    """What a user can do, and waiting for what comes of it."""

    def __init__(self, plane: ControlPlane) -> None:
        self.plane = plane
        self.clock = ManualClock()
        self.requests = 0
        self.client = Client(InProcessTransport(plane, User("me", groups=("system:masters",))))
        self._simulation: Simulation | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._simulation = simulation_of(self.plane, self.clock)
        self._task = asyncio.create_task(self._simulation.run())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def forward(self, seconds: float) -> None:
        self.clock.forward(seconds)
        assert self._simulation is not None
        self._simulation.wake()

    async def create(self, text: str) -> Manifest:
        found = [yaml.load(part, "test") for part in text.split("\n---\n")]
        for obj in found:
            obj["metadata"].setdefault("namespace", "default")
            await self.client.create(obj, field_manager="test")
        return found[0]

    async def patch(self, kind: str, name: str, patch: Manifest) -> None:
        await self.client.patch(self.ref(kind, name), patch, field_manager="test")

    async def delete(self, kind: str, name: str) -> None:
        await self.client.delete(self.ref(kind, name))

    async def get(self, kind: str, name: str) -> Manifest:
        return await self.client.get(self.ref(kind, name))

    async def list(self, kind: str) -> list[Manifest]:
        return (await self.client.list(self.gvk(kind), "default")).items

    async def until(self, kind: str, test: Test, name: str = "") -> Manifest:
        """The first state of an object of ``kind`` that passes; fails with the last seen."""
        gvk = self.gvk(kind)
        namespace = "" if kind in ("Node", "PersistentVolume", "StorageClass") else "default"
        seen: dict[str, Manifest] = {}
        fields = f"metadata.name={name}" if name else ""
        try:
            async with asyncio.timeout(PATIENCE):
                listing = await self.client.list(gvk, namespace, field_selector=fields)
                for item in listing.items:
                    item.setdefault("status", {})
                    if test(item):
                        return item
                    seen[item["metadata"]["name"]] = item
                async with self.client.watch(
                    gvk,
                    namespace,
                    resource_version=listing.resource_version,
                    field_selector=fields,
                ) as events:
                    async for event in events:
                        event.object.setdefault("status", {})
                        if event.type in ("ADDED", "MODIFIED") and test(event.object):
                            return event.object
                        if event.type != "BOOKMARK":
                            seen[event.object["metadata"]["name"]] = event.object
        except TimeoutError:
            pass
        pytest.fail(f"no {kind} came to pass; last seen: {yaml.dump(list(seen.values()))}")

    async def until_gone(self, kind: str, name: str) -> None:
        gvk = self.gvk(kind)
        async with asyncio.timeout(PATIENCE):
            listing = await self.client.list(gvk, field_selector=f"metadata.name={name}")
            if not listing.items:
                return
            async with self.client.watch(
                gvk,
                resource_version=listing.resource_version,
                field_selector=f"metadata.name={name}",
            ) as events:
                async for event in events:
                    if event.type == "DELETED":
                        return

    def ref(self, kind: str, name: str) -> ObjectRef:
        gvk = self.gvk(kind)
        return ObjectRef(gvk.group, gvk.kind, "default", name, gvk.version)

    @staticmethod
    def gvk(kind: str) -> GroupVersionKind:
        return GroupVersionKind(_GROUPS.get(kind, ""), "v1", kind)


_GROUPS = {
    "Deployment": "apps",
    "ReplicaSet": "apps",
    "StatefulSet": "apps",
    "DaemonSet": "apps",
    "ControllerRevision": "apps",
    "Job": "batch",
    "CronJob": "batch",
    "Ingress": "networking.k8s.io",
    "EndpointSlice": "discovery.k8s.io",
    "PodDisruptionBudget": "policy",
    "StorageClass": "storage.k8s.io",
}


def condition(obj: Manifest, type_: str) -> Manifest:
    """The condition, empty where there is none."""
    conditions = (obj.get("status") or {}).get("conditions") or ()
    return next((c for c in conditions if c["type"] == type_), {})
