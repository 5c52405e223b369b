"""Controllers on an embedded control plane in the process, with real Git repositories on disk."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from trueup.cluster import Client, following
from trueup.controllers.clock import Clock
from trueup.controlplane.auth.user import User
from trueup.controlplane.inprocess import InProcessTransport
from trueup.dialects.flux.tenancy import OPEN, Tenancy
from trueup.errors import ApiError
from trueup.objects import GroupVersionKind, Manifest, ObjectRef, yaml
from trueup.report import RECORD, DeliveryRecord, record_ref
from trueup.testing.git import GitRepo
from trueup.testing.patience import PATIENCE
from trueup.wiring import Embedded

NAMESPACE = "flux-system"
KUSTOMIZATION = GroupVersionKind("kustomize.toolkit.fluxcd.io", "v1", "Kustomization")
CONFIG_MAP = GroupVersionKind("", "v1", "ConfigMap")
EVENT = GroupVersionKind("", "v1", "Event")
GIT_REPOSITORY = GroupVersionKind("source.toolkit.fluxcd.io", "v1", "GitRepository")


class Stage:
    """A running Trueup, a repository, and a person with a client of their own."""

    def __init__(
        self,
        folder: Path,
        tenancy: Tenancy,
        clock: Clock | None,
        age_secret: ObjectRef | None = None,
        vaults: ObjectRef | None = None,
    ) -> None:
        self.folder = folder
        self._tenancy = tenancy
        self._age_secret = age_secret
        self._vaults = vaults
        self._clock = clock
        self.repo = GitRepo(folder / "repo.git")
        self.embedded = self._new()
        self._task: asyncio.Task[None] | None = None

    @classmethod
    @asynccontextmanager
    async def at(
        cls,
        folder: Path,
        tenancy: Tenancy = OPEN,
        clock: Clock | None = None,
        age_secret: ObjectRef | None = None,
        vaults: ObjectRef | None = None,
    ) -> AsyncIterator[Stage]:
        stage = cls(folder, tenancy, clock, age_secret, vaults)
        await stage.start()
        try:
            yield stage
        finally:
            await stage.stop()

    async def start(self) -> None:
        await self.embedded.start()
        self._task = asyncio.create_task(self.embedded.run())
        self.person = Client(
            InProcessTransport(self.embedded.plane, User("person", groups=("system:masters",)))
        )

    async def stop(self) -> None:
        await self.stop_controllers()
        await self.embedded.stop()

    async def stop_controllers(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def restart(self) -> None:
        """A new process, as it were, on the same data."""
        await self.stop()
        self.embedded = self._new()
        await self.start()

    def _new(self) -> Embedded:
        return Embedded(
            self.folder / "data",
            simulation=False,
            clock=self._clock,
            tenancy=self._tenancy,
            age_secret=self._age_secret,
            vaults=self._vaults,
        )

    # What the person does

    async def apply(self, text: str, *, manager: str = "kubectl-person") -> None:
        """Apply manifests, each by an ordinary server-side apply."""
        for manifest in yaml.load_all(text):
            await self.person.apply(manifest, field_manager=manager, force=True)

    async def source(self, name: str = "repo", *, suspend: bool = False) -> None:
        """A GitRepository of ``repo``, in a namespace that is there from then on."""
        await self.apply(
            f"{{apiVersion: v1, kind: Namespace, metadata: {{name: {NAMESPACE}}}}}\n---\n"
            f"{{apiVersion: {GIT_REPOSITORY.api_version}, kind: GitRepository,"
            f" metadata: {{name: {name}, namespace: {NAMESPACE}}},"
            f" spec: {{interval: 1h, url: '{self.repo.url}', ref: {{branch: main}},"
            f" suspend: {str(suspend).lower()}}}}}"
        )

    async def delivery(self, name: str = "app", **spec: Any) -> None:
        """A Kustomization of ``repo``; ``spec`` adds to what is needed, or replaces it."""
        body = {
            "interval": "1h",
            "retryInterval": "1s",
            "path": f"./{name}",
            "prune": True,
            "sourceRef": {"kind": "GitRepository", "name": "repo"},
        }
        manifest = {
            "apiVersion": KUSTOMIZATION.api_version,
            "kind": KUSTOMIZATION.kind,
            "metadata": {"name": name, "namespace": NAMESPACE},
            "spec": {**body, **spec},
        }
        await self.person.apply(manifest, field_manager="kubectl-person", force=True)

    async def patch(self, ref: ObjectRef, patch: Any, *, manager: str = "kubectl-edit") -> Manifest:
        return await self.person.patch(ref, patch, field_manager=manager)

    async def commit(self, files: dict[str, str | None], message: str = "change") -> str:
        """Commit, and have the source look at once; the revision."""
        commit = self.repo.commit(files, message=message)
        token = {"reconcile.fluxcd.io/requestedAt": commit}
        ref = ref_of(GIT_REPOSITORY, "repo")
        await self.patch(ref, {"metadata": {"annotations": token}})
        return f"main@sha1:{commit}"

    # What the person waits for

    async def until(
        self, ref: ObjectRef, holds: Callable[[Manifest], bool], *, timeout: float = PATIENCE
    ) -> Manifest:
        """The object, once ``holds`` of it."""
        seen: list[Manifest] = []

        def decide(obj: Manifest) -> Manifest | None:
            seen[:] = [obj]
            return obj if holds(obj) else None

        try:
            return await following.until(self.person, ref, decide, timeout=timeout)
        except TimeoutError:
            status = seen[0].get("status") if seen else "never seen"
            pytest.fail(f"{ref} did not come true: {status}")

    async def ready(self, name: str = "app", revision: str = "") -> Manifest:
        """The delivery, once it is live at ``revision`` (default: at any)."""

        def holds(obj: Manifest) -> bool:
            status = obj.get("status") or {}
            is_ready = condition(obj, "Ready").get("status") == "True"
            observed = status.get("observedGeneration") == obj["metadata"]["generation"]
            return is_ready and observed and revision in status.get("lastAppliedRevision", "")

        return await self.until(ref_of(KUSTOMIZATION, name), holds)

    async def failing(self, name: str = "app", *, text: str = "") -> Manifest:
        """The delivery, once it says that it failed, and why."""

        def holds(obj: Manifest) -> bool:
            ready = condition(obj, "Ready")
            return ready.get("status") == "False" and text in ready.get("message", "")

        return await self.until(ref_of(KUSTOMIZATION, name), holds)

    async def complaint(self, **spec: Any) -> str:
        """What is said of a delivery with this ``spec``: by the server at once, or in its status."""
        try:
            await self.delivery(**spec)
        except ApiError as refused:
            return str(refused)
        return str(condition(await self.failing(), "Ready")["message"])

    async def event(self, text: str) -> str:
        """The message of the first Event with ``text`` in it."""
        async with asyncio.timeout(PATIENCE):
            async for batch in following.changes(self.person, EVENT, NAMESPACE):
                for change in batch:
                    if text in (message := str(change.object.get("message"))):
                        return message
        raise AssertionError(text)

    async def gone(self, ref: ObjectRef) -> None:
        async with asyncio.timeout(PATIENCE):
            async for batch in following.changes(
                self.person, ref.gvk, ref.namespace, field_selector=f"metadata.name={ref.name}"
            ):
                if not batch or batch[-1].type == "DELETED":
                    return

    # What can be said of the controllers

    async def looked_at(self, name: str = "app") -> None:
        """Returns when the delivery was looked at with what its source has."""
        deliveries = self.embedded.controllers.deliveries
        async with asyncio.timeout(PATIENCE):
            while not deliveries.is_settled(ref_of(KUSTOMIZATION, name)):
                await asyncio.sleep(0.01)
            await self.embedded.controllers.home.told()

    async def look_again(self, name: str = "app") -> None:
        """As when its interval is over."""
        deliveries = self.embedded.controllers.deliveries
        deliveries.look_at(ref_of(KUSTOMIZATION, name))
        await self.looked_at(name)

    def count_calls(self) -> Counter[str]:
        """From now on, calls of the controllers by verb and path; the counter fills as they come."""
        calls: Counter[str] = Counter()
        transport = self.embedded.transport
        request = transport.request

        async def counted(method: str, path: str, *rest: Any) -> Any:
            calls[f"{method} {path}"] += 1
            return await request(method, path, *rest)

        transport.request = counted  # type: ignore[method-assign]
        return calls

    def follow_watches(self) -> Counter[str]:
        """From now on, open watches of the controllers by field selector; the counter follows."""
        watches: Counter[str] = Counter()
        transport = self.embedded.transport
        stream = transport.stream

        @asynccontextmanager
        async def followed(path: str, query: Any, headers: Any) -> AsyncIterator[Any]:
            fields = dict(query).get("fieldSelector", "")
            watches[fields] += 1
            try:
                async with stream(path, query, headers) as lines:
                    yield lines
            finally:
                watches[fields] -= 1

        transport.stream = followed  # type: ignore[method-assign]
        return watches

    async def versions(self) -> dict[str, str]:
        """The versions of all that the story is about: they move with every write."""
        found = {}
        for gvk in (KUSTOMIZATION, GIT_REPOSITORY, CONFIG_MAP, EVENT, RECORD):
            for item in (await self.person.list(gvk)).items:
                ref = ObjectRef.of(item)
                found[str(ref)] = item["metadata"]["resourceVersion"]
        return found

    async def everything_told(self) -> list[Manifest]:
        """All that is shown to people: deliveries, records, Events."""
        await self.looked_at()
        kinds = (KUSTOMIZATION, RECORD, EVENT)
        return [item for gvk in kinds for item in (await self.person.list(gvk)).items]

    async def get(self, ref: ObjectRef) -> Manifest | None:
        return await self.person.find(ref)

    async def record(self, name: str = "app") -> DeliveryRecord:
        found = await self.person.get(record_ref(ref_of(KUSTOMIZATION, name)))
        return DeliveryRecord.from_manifest(found)


def ref_of(gvk: GroupVersionKind, name: str, namespace: str = NAMESPACE) -> ObjectRef:
    return ObjectRef(gvk.group, gvk.kind, namespace, name, gvk.version)


def config_map(name: str, namespace: str = "default", **data: str) -> str:
    manifest = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name, "namespace": namespace},
        "data": data,
    }
    return yaml.dump(manifest)


def config_map_ref(name: str, namespace: str = "default") -> ObjectRef:
    return ObjectRef("", "ConfigMap", namespace, name, "v1")


def condition(obj: Manifest, kind: str) -> Manifest:
    """The condition of that type, or an empty one."""
    conditions = (obj.get("status") or {}).get("conditions") or ()
    return next((c for c in conditions if c["type"] == kind), {})


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with Stage.at(tmp_path) as stage:
        yield stage
