"""``trueup controller`` on a real Kubernetes API server: what it promises holds there too.

The same promises, and many more, are kept on the embedded control plane in
``tests/unit/controllers``; here is what depends on the server.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.e2e.waiting import came_true
from trueup.cluster import Client
from trueup.cluster.following import changes
from trueup.objects import GroupVersionKind, Manifest, ObjectRef, yaml
from trueup.report import RECORD
from trueup.testing.controller import Controller
from trueup.testing.git import GitRepo
from trueup.testing.kube import KubeServer
from trueup.testing.patience import PATIENCE

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.asyncio(loop_scope="module"),
]

KUSTOMIZATION = GroupVersionKind("kustomize.toolkit.fluxcd.io", "v1", "Kustomization")
GIT_REPOSITORY = GroupVersionKind("source.toolkit.fluxcd.io", "v1", "GitRepository")
CONFIG_MAP = GroupVersionKind("", "v1", "ConfigMap")
DEPLOYMENT = GroupVersionKind("apps", "v1", "Deployment")
DEFINITION = GroupVersionKind("apiextensions.k8s.io", "v1", "CustomResourceDefinition")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def controller(
    server: KubeServer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Controller]:
    folder = tmp_path_factory.mktemp("controller")
    options = ("--install-crds", "--allow-local-sources", "--no-leader-elect")
    child = Controller(folder, server.kubeconfig, *options)
    await child.start()
    yield child
    await child.kill()


@dataclass(frozen=True)
class Team:
    """A person with a namespace, a repository, its source, and a delivery of its folder ``app``."""

    person: Client
    namespace: str
    repo: GitRepo

    async def create(self, manifest: str) -> Manifest:
        return await self.person.create(yaml.load(manifest), field_manager="person")

    async def deliver(self, files: dict[str, str], **spec: Any) -> None:
        self.repo.commit({f"app/{name}": text for name, text in files.items()})
        await self.create(SOURCE.format(url=self.repo.url, namespace=self.namespace))
        manifest = yaml.load(DELIVERY.format(namespace=self.namespace))
        manifest["spec"].update(spec)
        await self.person.create(manifest, field_manager="person")

    async def commit(self, files: dict[str, str | None]) -> str:
        """Commit, and have the source look at once; the commit."""
        commit = self.repo.commit({f"app/{name}": text for name, text in files.items()})
        asked = {"metadata": {"annotations": {"reconcile.fluxcd.io/requestedAt": commit}}}
        await self.person.patch(self.ref(GIT_REPOSITORY, "repo"), asked, field_manager="person")
        return commit

    def ref(self, gvk: GroupVersionKind, name: str) -> ObjectRef:
        return ObjectRef(gvk.group, gvk.kind, self.namespace, name, gvk.version)

    @property
    def delivery(self) -> ObjectRef:
        return self.ref(KUSTOMIZATION, "app")

    async def until(self, ref: ObjectRef, holds: Callable[[Manifest], bool]) -> Manifest:
        return await came_true(self.person, ref, holds, timeout=PATIENCE)

    async def ready(self, commit: str = "") -> Manifest:
        """The delivery, once it is live at ``commit`` (default: the tip)."""
        tip = commit or str(self.repo.repository.references["refs/heads/main"].target)
        return await self.until(self.delivery, lambda obj: is_ready(obj) and applied(obj) == tip)

    async def failing(self, text: str) -> None:
        """Returns once the delivery says that it failed, and why."""
        await self.until(
            self.delivery,
            lambda obj: ready(obj).get("status") == "False" and text in ready(obj)["message"],
        )

    async def gone(self, ref: ObjectRef) -> None:
        async with asyncio.timeout(PATIENCE):
            selector = f"metadata.name={ref.name}"
            async for batch in changes(
                self.person, ref.gvk, ref.namespace, field_selector=selector
            ):
                if not batch or batch[-1].type == "DELETED":
                    return

    async def record(self) -> Manifest:
        [record] = (await self.person.list(RECORD, self.namespace)).items
        return record

    async def versions(self) -> dict[str, str]:
        """The versions of all that the story is about: they move with every write."""
        kinds = (KUSTOMIZATION, GIT_REPOSITORY, RECORD, CONFIG_MAP, DEPLOYMENT)
        items = [i for kind in kinds for i in (await self.person.list(kind, self.namespace)).items]
        metas = {str(ObjectRef.of(item)): item["metadata"] for item in items}
        return {
            name: meta["resourceVersion"]
            for name, meta in metas.items()
            if meta["name"] != KUBERNETES_OWN
        }


def ready(obj: Manifest) -> Manifest:
    conditions = (obj.get("status") or {}).get("conditions") or ()
    return next((c for c in conditions if c["type"] == "Ready"), {})


def is_ready(obj: Manifest) -> bool:
    is_current = (obj.get("status") or {}).get("observedGeneration") == obj["metadata"][
        "generation"
    ]
    return is_current and ready(obj).get("status") == "True"


def applied(obj: Manifest) -> str:
    return str(obj["status"].get("lastAppliedRevision")).rpartition(":")[2]


@pytest_asyncio.fixture(loop_scope="module")
async def team(server: KubeServer, controller: Controller, tmp_path: Path) -> AsyncIterator[Team]:
    async with server.transport() as transport:
        person = Client(transport)
        manifest = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"generateName": "team-"}}
        created = await person.create(manifest, field_manager="person")
        namespace = created["metadata"]["name"]
        team = Team(person, namespace, GitRepo(tmp_path / "repo.git"))
        yield team
        if await person.find(team.delivery):
            await person.delete(team.delivery)
            await team.gone(team.delivery)


async def test_its_kinds_are_accepted_without_a_reservation(team: Team) -> None:
    definitions = [d for d in (await team.person.list(DEFINITION)).items if is_ours(d)]
    complaints = [
        condition
        for definition in definitions
        for condition in definition["status"]["conditions"]
        if (condition["type"], condition["status"]) not in ACCEPTED
    ]
    assert (len(definitions) > 0, complaints) == (True, [])


async def test_a_commit_becomes_live(team: Team) -> None:
    await team.deliver({"a.yaml": config_map("a", k="1")})
    found = await team.ready()
    live = await team.person.get(team.ref(CONFIG_MAP, "a"))
    assert live["data"] == {"k": "1"}
    assert [entry["id"] for entry in found["status"]["inventory"]["entries"]] == [
        f"{team.namespace}_a__ConfigMap"
    ]


async def test_the_next_commit_is_followed_and_what_it_removes_is_pruned(team: Team) -> None:
    await team.deliver({"a.yaml": config_map("a", k="1"), "b.yaml": config_map("b")})
    await team.ready()
    await team.ready(await team.commit({"a.yaml": config_map("a", k="2"), "b.yaml": None}))
    assert (await team.person.get(team.ref(CONFIG_MAP, "a")))["data"] == {"k": "2"}
    assert await team.person.find(team.ref(CONFIG_MAP, "b")) is None


async def test_drift_is_undone_and_recorded_with_its_author(team: Team) -> None:
    await team.deliver({"a.yaml": config_map("a", k="1")})
    await team.ready()
    ref = team.ref(CONFIG_MAP, "a")
    await team.person.patch(ref, {"data": {"k": "mine"}}, field_manager="someone")
    await team.until(ref, lambda obj: obj["data"] == {"k": "1"})
    record = await team.until(
        ObjectRef.of(await team.record()), lambda obj: bool(obj.get("drifts"))
    )
    [drift] = record["drifts"]
    assert (drift["managers"][0]["manager"], drift["action"]) == ("someone", "Corrected")


async def test_a_deleted_object_comes_back(team: Team) -> None:
    await team.deliver({"a.yaml": config_map("a", k="1")})
    await team.ready()
    ref = team.ref(CONFIG_MAP, "a")
    before = (await team.person.get(ref))["metadata"]["uid"]
    await team.person.delete(ref)
    await team.until(ref, lambda obj: obj["metadata"]["uid"] != before)


async def test_values_that_the_server_writes_otherwise_are_no_drift(team: Team) -> None:
    await team.deliver({"web.yaml": WEB})
    await team.ready()
    live = await team.person.get(team.ref(DEPLOYMENT, "web"))
    await team.ready(await team.commit({"a.yaml": config_map("a")}))
    after = await team.person.get(team.ref(DEPLOYMENT, "web"))
    assert live["spec"]["template"]["spec"]["containers"][0]["resources"]["limits"]["cpu"] == "1"
    assert after["metadata"]["resourceVersion"] == live["metadata"]["resourceVersion"]
    assert not (await team.record()).get("drifts")


async def test_a_wait_ends_when_the_deployment_is_healthy(team: Team) -> None:
    await team.deliver({"web.yaml": WEB}, wait=True)
    ref = team.ref(DEPLOYMENT, "web")
    live = await team.until(ref, lambda obj: True)
    assert not is_ready(await team.person.get(team.delivery))
    healthy = {**HEALTHY, "observedGeneration": live["metadata"]["generation"]}
    await team.person.patch(ref, {"status": healthy}, field_manager="kubelet", subresource="status")
    await team.ready()


async def test_a_custom_kind_and_an_object_of_it_come_in_one_commit(team: Team) -> None:
    group = f"{team.namespace}.example.com"
    files = {"crd.yaml": WIDGETS.format(group=group), "w.yaml": WIDGET.format(group=group)}
    await team.deliver(files)
    await team.ready()
    team.person.forget_discovery()
    widget = ObjectRef(group, "Widget", team.namespace, "w", "v1")
    assert (await team.person.get(widget))["spec"] == {"size": 3, "colour": "red"}


async def test_a_delivery_can_do_no_more_than_its_service_account(team: Team) -> None:
    await team.deliver({"a.yaml": config_map("a")}, serviceAccountName="tenant")
    await team.failing(f"system:serviceaccount:{team.namespace}:tenant")
    assert await team.person.find(team.ref(CONFIG_MAP, "a")) is None
    for manifest in yaml.load_all(TENANT.format(namespace=team.namespace)):
        await team.person.create(manifest, field_manager="person")
    await team.ready()


async def test_deleting_the_delivery_deletes_what_it_brought(team: Team) -> None:
    await team.deliver({"a.yaml": config_map("a")})
    await team.ready()
    await team.person.delete(team.delivery)
    await team.gone(team.delivery)
    assert await team.person.find(team.ref(CONFIG_MAP, "a")) is None


async def test_killed_and_started_again_it_writes_only_what_is_needed(
    team: Team, controller: Controller
) -> None:
    await team.deliver({"a.yaml": config_map("a", k="1"), "web.yaml": WEB})
    await team.ready()
    await controller.kill()
    before = await team.versions()
    ref = team.ref(CONFIG_MAP, "a")
    await team.person.patch(ref, {"data": {"k": "mine"}}, field_manager="someone")
    await controller.start()
    await team.until(ref, lambda obj: obj["data"] == {"k": "1"})
    after = await team.versions()
    changed = {name for name in after if after[name] != before.get(name)}
    record = str(ObjectRef.of(await team.record()))
    assert changed - {record, str(team.delivery)} == {str(ref)}


def is_ours(definition: Manifest) -> bool:
    return definition["spec"]["group"].endswith(("fluxcd.io", "trueup.dev"))


def config_map(name: str, **data: str) -> str:
    metadata = {"name": name}
    return yaml.dump({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data})


KUBERNETES_OWN = "kube-root-ca.crt"
ACCEPTED = {("NamesAccepted", "True"), ("Established", "True")}
SOURCE = """
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {{name: repo, namespace: {namespace}}}
spec: {{interval: 1h, url: "{url}", ref: {{branch: main}}}}
"""
DELIVERY = """
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {{name: app, namespace: {namespace}}}
spec:
  interval: 1h
  retryInterval: 1s
  path: ./app
  prune: true
  targetNamespace: {namespace}
  sourceRef: {{kind: GitRepository, name: repo}}
"""
WEB = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: example.com/web:1
          ports: [{containerPort: 8080}]
          env: [{name: A, value: ""}]
          resources: {limits: {cpu: 1000m, memory: 1024Mi}}
"""
HEALTHY = {
    "replicas": 1,
    "updatedReplicas": 1,
    "readyReplicas": 1,
    "availableReplicas": 1,
    "conditions": [
        {"type": "Available", "status": "True"},
        {"type": "Progressing", "status": "True", "reason": "NewReplicaSetAvailable"},
    ],
}
WIDGETS = """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {{name: widgets.{group}}}
spec:
  group: {group}
  names: {{plural: widgets, kind: Widget}}
  scope: Namespaced
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              properties:
                size: {{type: integer}}
                colour: {{type: string, default: red}}
"""
WIDGET = "{{apiVersion: {group}/v1, kind: Widget, metadata: {{name: w}}, spec: {{size: 3}}}}"
TENANT = """
apiVersion: v1
kind: ServiceAccount
metadata: {{name: tenant, namespace: {namespace}}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {{name: tenant, namespace: {namespace}}}
rules: [{{apiGroups: [""], resources: [configmaps], verbs: ["*"]}}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {{name: tenant, namespace: {namespace}}}
roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: Role, name: tenant}}
subjects: [{{kind: ServiceAccount, name: tenant, namespace: {namespace}}}]
"""
