"""The sources controller at work in this process: a control plane, real Git repositories."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import aclosing, asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from trueup.cluster import Client, following
from trueup.cluster.transport import Transport
from trueup.controllers.artifacts import Artifacts
from trueup.controllers.clock import Clock
from trueup.controllers.home import Home
from trueup.controllers.sources.checkouts import Checkouts
from trueup.controllers.sources.controller import Sources
from trueup.controlplane.auth.user import User
from trueup.controlplane.control_plane import ControlPlane
from trueup.controlplane.inprocess import InProcessTransport
from trueup.dialects.flux.crds import crds
from trueup.dialects.flux.names import GIT_REPOSITORY, REQUESTED_AT_ANNOTATION
from trueup.errors import NotFound
from trueup.fetch.git import GitCache
from trueup.flow import Artifact
from trueup.objects import GroupVersionKind, Manifest, ObjectRef
from trueup.report.conditions import find
from trueup.testing.faults import Faults
from trueup.testing.patience import PATIENCE

NAMESPACE = "apps"

_ADMIN = User("admin", groups=("system:masters",))
_EVENT = GroupVersionKind("", "v1", "Event")


class SourceWorld:
    """The sources controller in this process, beside an API server; its things are in ``folder``.

    ``running`` starts it with a control plane of its own, as often as is wanted: what it kept on
    disk is found again. ``beside`` starts it with the server that is there. All waits raise
    TimeoutError.
    """

    def __init__(self, folder: Path, *, allow_local: bool = True) -> None:
        self._folder = folder
        self._allow_local = allow_local
        self.cache = folder / "cache"

    @asynccontextmanager
    async def running(self) -> AsyncIterator[SourceWorld]:
        plane = ControlPlane(self._folder / "data")
        await plane.start()
        try:
            async with self.beside(InProcessTransport(plane, _ADMIN), NAMESPACE):
                yield self
        finally:
            await plane.stop()

    @asynccontextmanager
    async def beside(self, server: Transport, namespace: str) -> AsyncIterator[SourceWorld]:
        """``server`` knows the kinds, and has the namespace."""
        self.transport = Faults(server)
        self.client = Client(server)
        self.namespace = namespace
        home = Home(Client(self.transport), Clock())
        self.artifacts = Artifacts()
        self.git = GitCache(self.cache)
        checkouts = Checkouts(self.git, allow_local=self._allow_local)
        self.sources = Sources(home, checkouts, self.artifacts)
        work = (self.sources.resources.run(), self.sources.run(), home.write_events())
        tasks = [asyncio.ensure_future(each) for each in work]
        try:
            yield self
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def ref(self, name: str = "web") -> ObjectRef:
        gvk = GIT_REPOSITORY
        return ObjectRef(gvk.group, gvk.kind, self.namespace, name, gvk.version)

    async def create(self, url: str, *, name: str = "web", **spec: Any) -> Manifest:
        """A GitRepository of the branch main that is looked at once an hour."""
        wanted = {"interval": "1h", "ref": {"branch": "main"}, "url": url} | spec
        return await self._create(
            GIT_REPOSITORY.api_version, GIT_REPOSITORY.kind, name, spec=wanted
        )

    async def secret(self, name: str, data: Mapping[str, str]) -> Manifest:
        return await self._create("v1", "Secret", name, stringData=dict(data))

    async def change_secret(self, name: str, data: Mapping[str, str]) -> None:
        ref = ObjectRef("", "Secret", self.namespace, name, "v1")
        await self.client.patch(ref, {"stringData": dict(data)}, type="merge", field_manager="test")

    async def change(self, name: str = "web", **spec: Any) -> None:
        await self._patch(name, {"spec": spec})

    async def request(self, token: str, name: str = "web") -> Manifest:
        """Ask for a look now, and wait for the answer."""
        await self._patch(name, {"metadata": {"annotations": {REQUESTED_AT_ANNOTATION: token}}})
        return await self.until(
            lambda obj: obj.get("status", {}).get("lastHandledReconcileAt") == token, name
        )

    async def ready(self, name: str = "web") -> Manifest:
        return await self.until(lambda obj: condition(obj)["status"] == "True", name)

    async def failed(self, name: str = "web") -> Manifest:
        return await self.until(lambda obj: condition(obj)["status"] == "False", name)

    async def until(self, holds: Callable[[Manifest], bool], name: str = "web") -> Manifest:
        return await following.until(
            self.client, self.ref(name), lambda obj: obj if holds(obj) else None, timeout=PATIENCE
        )

    async def event(self, reason: str) -> Manifest:
        """The first Event with that reason, as soon as there is one."""
        async with (
            asyncio.timeout(PATIENCE),
            aclosing(following.changes(self.client, _EVENT, self.namespace)) as batches,
        ):
            async for batch in batches:
                for change in batch:
                    if change.object["reason"] == reason:
                        return change.object
        raise AssertionError("changes never end")

    async def artifact(self, revision: str = "", name: str = "web") -> Artifact:
        """The source's artifact, as soon as it has one whose revision ends so."""
        changed = asyncio.Event()
        self.artifacts.on_change(lambda _source, _before: changed.set())
        async with asyncio.timeout(PATIENCE):
            while True:
                found = self.artifacts.get(self.ref(name))
                if found is not None and found.revision.endswith(revision):
                    return found
                await changed.wait()
                changed.clear()

    async def delete(self, name: str = "web") -> None:
        """Delete the GitRepository and wait until it is gone."""
        await self.client.delete(self.ref(name))
        with suppress(NotFound):
            await following.until(self.client, self.ref(name), lambda obj: None, timeout=PATIENCE)

    async def _create(self, api_version: str, kind: str, name: str, **rest: Any) -> Manifest:
        meta = {"name": name, "namespace": self.namespace}
        manifest = {"apiVersion": api_version, "kind": kind, "metadata": meta, **rest}
        return await self.client.create(manifest, field_manager="test")

    async def _patch(self, name: str, change: Manifest) -> None:
        await self.client.patch(self.ref(name), change, type="merge", field_manager="test")


def condition(obj: Manifest, kind: str = "Ready") -> dict[str, str]:
    """A condition's status, reason and message; empty texts where there is none."""
    found = find((obj.get("status") or {}).get("conditions") or (), kind) or {}
    return {key: str(found.get(key, "")) for key in ("status", "reason", "message")}


def copy_of_empty_cluster(template: Path, folder: Path) -> Path:
    """``folder`` with the data of a control plane that knows the kinds and has the namespace.

    ``template`` is made at the first use: starting from nothing takes much longer.
    """
    if not template.exists():
        asyncio.run(_prepare(template))
    shutil.copytree(template, folder / "data")
    return folder


async def _prepare(data: Path) -> None:
    plane = ControlPlane(data)
    await plane.start()
    client = Client(InProcessTransport(plane, _ADMIN))
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}}
    for obj in (namespace, *crds()):
        await client.create(obj, field_manager="test")
    await plane.stop()
