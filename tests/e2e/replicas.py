"""Several ``trueup controller`` before one API server, each through a proxy that notes its writes."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import AsyncExitStack, aclosing, asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import monotonic
from typing import Any

import orjson

from tests.programs import programs_or_skip
from trueup.cluster import Client, ClusterConfig
from trueup.cluster.following import changes
from trueup.cluster.http import HttpTransport
from trueup.cluster.kubeconfig import cluster_config_from_file
from trueup.controllers.definitions import install
from trueup.objects import GroupVersionKind, ObjectRef, yaml
from trueup.testing.controller import Controller
from trueup.testing.git import GitRepo
from trueup.testing.kube import kube_server
from trueup.testing.patience import PATIENCE
from trueup.testing.plane import Plane
from trueup.testing.ports import reserved_port
from trueup.testing.proxy import FaultProxy, Matching
from trueup.testing.proxy.exchange import Exchange
from trueup.wiring import definitions

CONFIG_MAP = GroupVersionKind("", "v1", "ConfigMap")
SOURCE = ObjectRef("source.toolkit.fluxcd.io", "GitRepository", "default", "repo", "v1")
ACCOUNT = ObjectRef("", "ServiceAccount", "default", "trueup", "v1")


@dataclass(frozen=True)
class Write:
    """One write, as it came to the API server."""

    at: float
    replica: str
    method: str
    path: str
    body: bytes

    @property
    def content(self) -> str:
        """What a ConfigMap was applied with."""
        return str(orjson.loads(self.body)["data"]["k"])


@dataclass
class Team:
    """A person, their repository, and the replicas that work for them; all writes are noted."""

    folder: Path
    person: Client
    config: ClusterConfig
    token: str
    ending: AsyncExitStack
    repo: GitRepo
    writes: list[Write] = field(default_factory=list)
    _heard: defaultdict[str, asyncio.Event] = field(default_factory=lambda: defaultdict(_is_set))
    """Whether a replica hears what becomes of its applies."""

    async def replica(self, name: str, *options: str) -> Controller:
        """A replica that is not started yet."""
        folder = self.folder / name
        folder.mkdir()
        proxy = FaultProxy(self.config, folder)
        await self.ending.enter_async_context(proxy.running())
        self.ending.enter_context(proxy.fault(_WRITES, lambda exchange: self._note(name, exchange)))
        kubeconfig = self._kubeconfig(folder, proxy)
        controller = Controller(folder, kubeconfig, "--allow-local-sources", *options)
        self.ending.push_async_callback(controller.kill)
        return controller

    async def stand_by(self, controller: Controller) -> asyncio.Task[None]:
        """Start it where another one works; it waits then. The task ends when it works."""
        starting = asyncio.create_task(controller.start(timeout=3 * PATIENCE))
        self.ending.push_async_callback(_end, starting)
        async with asyncio.timeout(PATIENCE):
            while not (controller.log.exists() and "waiting: " in controller.log.read_text()):
                await asyncio.sleep(0.05)
        return starting

    async def _note(self, name: str, exchange: Exchange) -> None:
        request = exchange.request
        path = request.target.partition("?")[0]
        self.writes.append(Write(monotonic(), name, request.method, path, request.body))
        await exchange.deliver()
        answer = [piece async for piece in exchange.answer()]
        if "/configmaps/" in path:
            await self._heard[name].wait()
        for piece in answer:
            await exchange.show(piece)

    @contextmanager
    def unheard(self, replica: str) -> Iterator[None]:
        """While the block runs its applies are done, and it is not told."""
        self._heard[replica].clear()
        try:
            yield
        finally:
            self._heard[replica].set()

    def _kubeconfig(self, folder: Path, proxy: FaultProxy) -> Path:
        (folder / "ca.crt").write_text(proxy.authority.certificate)
        cluster = {"server": proxy.url, "certificate-authority": "ca.crt"}
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "it", "cluster": cluster}],
            "users": [{"name": "it", "user": {"token": self.token}}],
            "contexts": [{"name": "it", "context": {"cluster": "it", "user": "it"}}],
            "current-context": "it",
        }
        path = folder / "kubeconfig"
        path.write_text(yaml.dump(config))
        return path

    # What the person does and sees

    async def create(self, *texts: str) -> None:
        for text in texts:
            await self.person.create(yaml.load(text), field_manager="person")

    async def commit(self, files: dict[str, str | None]) -> None:
        """Commit, and have the source look at once."""
        commit = self.repo.commit(files)
        asked = {"metadata": {"annotations": {"reconcile.fluxcd.io/requestedAt": commit}}}
        await self.person.patch(SOURCE, asked, field_manager="person")

    async def live(self, names: Iterable[str], value: str) -> None:
        """Returns once all these ConfigMaps say ``value``."""
        missing = set(names)
        async with (
            asyncio.timeout(PATIENCE),
            aclosing(changes(self.person, CONFIG_MAP, "default")) as batches,
        ):
            async for batch in batches:
                for event in batch:
                    is_so = event.object.get("data") == {"k": value}
                    (missing.discard if is_so else missing.add)(event.object["metadata"]["name"])
                if not missing.intersection(names):
                    return

    async def seen(self, holds: Callable[[list[Write]], bool]) -> None:
        """Returns as soon as ``holds`` of the writes so far."""
        async with asyncio.timeout(PATIENCE):
            while not holds(self.writes):
                await asyncio.sleep(0.01)

    def took_over(self, replica: str, since: float) -> float:
        """When it first wrote its name into a Lease after ``since``, but for that of a standby."""
        mine = [e for e in self.writes if e.replica == replica and "/leases/" in e.path]
        return min(e.at for e in mine if e.at > since and not e.path.endswith("-standby"))

    def applies(self, name: str = "") -> list[Write]:
        """Writes of delivered ConfigMaps, or of one, in the order in which they came."""
        at = f"/configmaps/{name}"
        found = [each for each in self.writes if each.method == "PATCH" and at in each.path]
        return [each for each in found if not name or each.path.endswith(at)]


_WRITES = Matching(methods=("POST", "PUT", "PATCH", "DELETE"))


@asynccontextmanager
async def team_in(folder: Path, home: str) -> AsyncIterator[Team]:
    """Before an API server of ``home``, which has no Trueup yet but knows its kinds."""
    async with AsyncExitStack() as ending:
        config = cluster_config_from_file(str(await _server(folder / "server", home, ending)))
        person = Client(HttpTransport(config))
        ending.push_async_callback(person.close)
        await install(person, definitions())
        token = await _token(person)
        plain = replace(config, client_certificate=b"", client_key=b"", token="")
        yield Team(folder, person, plain, token, ending, GitRepo(folder / "repo.git"))


async def _server(folder: Path, home: str, ending: AsyncExitStack) -> Path:
    if home == "embedded":
        plane = Plane(folder, ending.enter_context(reserved_port()))
        await plane.start()
        ending.push_async_callback(plane.kill)
        return plane.kubeconfig
    programs = programs_or_skip()
    folder.mkdir()
    server = await ending.enter_async_context(kube_server(folder, programs))
    return server.kubeconfig


async def _token(person: Client) -> str:
    for text in (IDENTITY, BINDING):
        await person.create(yaml.load(text), field_manager="person")
    request = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}}
    answer = await person.create(request, field_manager="person", subresource="token", of=ACCOUNT)
    return str(answer["status"]["token"])


def _is_set() -> asyncio.Event:
    event = asyncio.Event()
    event.set()
    return event


async def _end(task: asyncio.Task[Any]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def config_map_ref(name: str) -> ObjectRef:
    return ObjectRef("", "ConfigMap", "default", name, "v1")


def config_map(name: str, value: str) -> str:
    metadata = {"name": name, "namespace": "default"}
    return yaml.dump(
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"k": value}}
    )


def source(repo: GitRepo) -> str:
    return SOURCE_TEXT.format(url=repo.url)


def delivery(name: str) -> str:
    """Of the folder ``name``."""
    return DELIVERY_TEXT.format(name=name)


IDENTITY = "{apiVersion: v1, kind: ServiceAccount, metadata: {name: trueup, namespace: default}}"
BINDING = """
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: trueup}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
subjects: [{kind: ServiceAccount, name: trueup, namespace: default}]
"""
SOURCE_TEXT = """
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {{name: repo, namespace: default}}
spec: {{interval: 1h, url: "{url}", ref: {{branch: main}}}}
"""
DELIVERY_TEXT = """
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {{name: {name}, namespace: default}}
spec:
  interval: 1h
  path: ./{name}
  prune: true
  sourceRef: {{kind: GitRepository, name: repo}}
"""
