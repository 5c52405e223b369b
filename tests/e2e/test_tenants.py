"""Tenants of one real cluster: what Kubernetes itself refuses an account bounds its deliveries.

All that tenants may try is on the embedded control plane, in ``tests/unit/controllers``
(``test_tenancy.py``); here is what rests on the server's own impersonation and RBAC.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from trueup.cluster import Client
from trueup.cluster.following import until
from trueup.objects import GroupVersionKind, Manifest, ObjectRef, yaml
from trueup.report.conditions import find
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
ALL = ("get", "create", "patch", "delete")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def locked(
    server: KubeServer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Controller]:
    """Trueup as it runs where tenants are kept apart."""
    apart = ("--no-cross-namespace-refs", "--default-service-account", "deployer")
    options = ("--install-crds", "--allow-local-sources", "--no-leader-elect", *apart)
    child = Controller(tmp_path_factory.mktemp("controller"), server.kubeconfig, *options)
    await child.start()
    yield child
    await child.kill()


@dataclass(frozen=True)
class Tenant:
    """A namespace with an account and a repository; ``other`` is the neighbour's namespace."""

    admin: Client
    namespace: str
    other: str
    repo: GitRepo

    def ref(self, gvk: GroupVersionKind, name: str, namespace: str = "") -> ObjectRef:
        return ObjectRef(gvk.group, gvk.kind, namespace or self.namespace, name, gvk.version)

    async def may(self, *verbs: str) -> None:
        """What the account may do with ConfigMaps from now on, in its own namespace only."""
        for manifest in yaml.load_all(ACCOUNT):
            if manifest["kind"] == "Role":
                manifest["rules"][0]["verbs"] = list(verbs)
            if manifest["kind"] == "RoleBinding":
                manifest["subjects"][0]["namespace"] = self.namespace
            manifest["metadata"]["namespace"] = self.namespace
            await self.admin.apply(manifest, field_manager="admin", force=True)
        for verb in ALL:
            await self._judged(verb, is_allowed=verb in verbs)

    async def _judged(self, verb: str, *, is_allowed: bool) -> None:
        """Returns once the server judges so: it is told of roles by a watch of its own."""
        asked = {"namespace": self.namespace, "verb": verb, "resource": "configmaps"}
        user = f"system:serviceaccount:{self.namespace}:deployer"
        review = {
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SubjectAccessReview",
            "spec": {"user": user, "resourceAttributes": asked},
        }
        async with asyncio.timeout(PATIENCE):
            while True:
                answer = await self.admin.create(review, field_manager="admin")
                if answer["status"]["allowed"] is is_allowed:
                    return
                await asyncio.sleep(0.02)

    async def deliver(self, *objects: Manifest, namespace: str = "", **spec: Any) -> ObjectRef:
        """A delivery of ``objects``, that lies in ``namespace`` (default: the tenant's)."""
        self.repo.commit({f"app/{number}.yaml": yaml.dump(o) for number, o in enumerate(objects)})
        source = {"interval": "1h", "url": self.repo.url, "ref": {"branch": "main"}}
        await self._put(GIT_REPOSITORY, "repo", self.namespace, source)
        where = {"kind": "GitRepository", "name": "repo"}
        body = {"interval": "1h", "retryInterval": "1s", "path": "./app", "prune": True}
        in_namespace = namespace or self.namespace
        await self._put(KUSTOMIZATION, "app", in_namespace, {**body, "sourceRef": where, **spec})
        return self.ref(KUSTOMIZATION, "app", in_namespace)

    async def _put(self, gvk: GroupVersionKind, name: str, namespace: str, spec: Manifest) -> None:
        meta = {"name": name, "namespace": namespace}
        manifest = {"apiVersion": gvk.api_version, "kind": gvk.kind, "metadata": meta, "spec": spec}
        await self.admin.apply(manifest, field_manager="tenant", force=True)

    async def look(self) -> None:
        """Have the source look at what was committed."""
        token = str(self.repo.repository.references["refs/heads/main"].target)
        asked = {"metadata": {"annotations": {"reconcile.fluxcd.io/requestedAt": token}}}
        ref = self.ref(GIT_REPOSITORY, "repo")
        await self.admin.patch(ref, asked, field_manager="tenant")

    async def said(self, ref: ObjectRef, *texts: str) -> str:
        """What Ready says, once it has all of ``texts`` in it."""

        def decide(obj: Manifest) -> str | None:
            ready = find((obj.get("status") or {}).get("conditions") or (), "Ready") or {}
            text = f"{ready.get('status')} {ready.get('reason')} {ready.get('message')}"
            return text if all(part in text for part in texts) else None

        return await until(self.admin, ref, decide, timeout=PATIENCE)

    @property
    def account(self) -> str:
        return f'User "system:serviceaccount:{self.namespace}:deployer" cannot'


@pytest_asyncio.fixture(loop_scope="module")
async def tenant(server: KubeServer, locked: Controller, tmp_path: Path) -> AsyncIterator[Tenant]:
    async with server.transport() as transport:
        admin = Client(transport)
        names = []
        for prefix in ("tenant-", "other-"):
            meta = {"generateName": prefix}
            manifest = {"apiVersion": "v1", "kind": "Namespace", "metadata": meta}
            created = await admin.create(manifest, field_manager="admin")
            names.append(created["metadata"]["name"])
        found = Tenant(admin, names[0], names[1], GitRepo(tmp_path / "repo.git"))
        await found.may(*ALL)
        yield found


def config_map(name: str, namespace: str, **data: str) -> Manifest:
    meta = {"name": name, "namespace": namespace}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta, "data": data}


async def test_it_applies_what_its_account_may_and_nothing_else(tenant: Tenant) -> None:
    ours = config_map("ours", tenant.namespace)
    ref = await tenant.deliver(ours, config_map("theirs", tenant.other))
    await tenant.said(ref, "False", f"{tenant.account} get", tenant.other)
    assert await tenant.admin.find(tenant.ref(CONFIG_MAP, "ours"))
    assert await tenant.admin.find(tenant.ref(CONFIG_MAP, "theirs", tenant.other)) is None


async def test_it_prunes_nothing_that_its_account_may_not(tenant: Tenant) -> None:
    ref = await tenant.deliver(config_map("a", tenant.namespace))
    await tenant.said(ref, "True")
    await tenant.may("get", "create", "patch")
    tenant.repo.commit({"app/0.yaml": yaml.dump(config_map("b", tenant.namespace))})
    await tenant.look()
    await tenant.said(ref, "False", f"{tenant.account} delete")
    assert await tenant.admin.find(tenant.ref(CONFIG_MAP, "a"))


async def test_it_corrects_no_drift_that_its_account_may_not(tenant: Tenant) -> None:
    ref = await tenant.deliver(config_map("a", tenant.namespace, key="1"))
    await tenant.said(ref, "True")
    await tenant.may("get")
    live = tenant.ref(CONFIG_MAP, "a")
    await tenant.admin.patch(live, {"data": {"key": "2"}}, field_manager="kubectl-edit")
    await tenant.said(ref, "False", f"{tenant.account} patch")
    assert (await tenant.admin.get(live))["data"] == {"key": "2"}


async def test_it_tells_no_health_that_its_account_may_not_read(tenant: Tenant) -> None:
    check = {"apiVersion": "v1", "kind": "Secret", "name": "theirs", "namespace": tenant.other}
    ref = await tenant.deliver(config_map("a", tenant.namespace), healthChecks=[check])
    assert "HealthCheckFailed" in await tenant.said(ref, "False", f"{tenant.account} get")


async def test_it_reads_no_source_in_another_namespace(tenant: Tenant) -> None:
    source = {"kind": "GitRepository", "name": "repo", "namespace": tenant.namespace}
    ref = await tenant.deliver(
        config_map("a", tenant.other), namespace=tenant.other, sourceRef=source
    )
    await tenant.said(ref, "False AccessDenied", f"GitRepository/{tenant.namespace}/repo")
    assert await tenant.admin.find(tenant.ref(CONFIG_MAP, "a", tenant.other)) is None


async def test_it_reads_no_values_of_another_namespace(tenant: Tenant) -> None:
    secret = {"apiVersion": "v1", "kind": "Secret", "stringData": {"told": "only theirs"}}
    meta = {"name": "theirs", "namespace": tenant.other}
    await tenant.admin.create({**secret, "metadata": meta}, field_manager="other")
    read = {"substituteFrom": [{"kind": "Secret", "name": "theirs"}]}
    ours = config_map("a", tenant.namespace, told="${told}")
    ref = await tenant.deliver(ours, postBuild=read)
    assert "only theirs" not in await tenant.said(ref, "False", "theirs", "not found")
    assert await tenant.admin.find(tenant.ref(CONFIG_MAP, "a")) is None


async def test_no_forged_inventory_deletes_what_its_account_may_not(tenant: Tenant) -> None:
    theirs = tenant.ref(CONFIG_MAP, "theirs", tenant.other)
    await tenant.admin.create(config_map("theirs", tenant.other), field_manager="other")
    ref = await tenant.deliver(config_map("a", tenant.namespace), suspend=True)
    entries = [{"id": f"{tenant.other}_theirs__ConfigMap", "v": "v1"}]
    forged = {"status": {"inventory": {"entries": entries}}}
    await tenant.admin.patch(ref, forged, field_manager="tenant", subresource="status")
    await tenant.admin.patch(ref, {"spec": {"suspend": False}}, field_manager="tenant")
    await tenant.said(ref, "True", "ReconciliationSucceeded")
    assert await tenant.admin.find(theirs)


ACCOUNT = """
apiVersion: v1
kind: ServiceAccount
metadata: {name: deployer}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: deployer}
rules: [{apiGroups: [""], resources: [configmaps], verbs: []}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: deployer}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: deployer}
subjects: [{kind: ServiceAccount, name: deployer}]
"""
