"""A real API server that trusts the tokens of ours is entered with one, and nothing is stored."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.programs import programs_or_skip
from trueup.cluster import Client
from trueup.cluster.following import until
from trueup.cluster.kubeconfig import cluster_config_from_file
from trueup.controlplane.auth.tokens import ISSUER
from trueup.objects import Manifest, ObjectRef, yaml
from trueup.testing.git import GitRepo
from trueup.testing.kube import KubeServer, kube_server
from trueup.testing.patience import PATIENCE
from trueup.testing.up import Up

pytestmark = pytest.mark.e2e

DELIVERY = ObjectRef("kustomize.toolkit.fluxcd.io", "Kustomization", "flux-system", "app", "v1")
THERE = ObjectRef("", "ConfigMap", "default", "a", "v1")


@pytest.fixture
async def up(tmp_path: Path) -> AsyncIterator[Up]:
    """Where Trueup runs; anybody may read by which keys its tokens are signed."""
    (tmp_path / "up").mkdir()
    up = Up(tmp_path / "up", "--no-simulation")
    await up.start()
    async with up.client() as client:
        await apply(client, DISCOVERY)
    yield up
    await up.kill()


@pytest.fixture
async def other(up: Up, tmp_path: Path) -> AsyncIterator[KubeServer]:
    """Another cluster, which knows the ServiceAccounts of the first by its tokens."""
    programs = programs_or_skip()
    home = cluster_config_from_file(str(up.kubeconfig))
    trust = yaml.load(TRUST.format(issuer=ISSUER, home=home.server))
    trust["jwt"][0]["issuer"]["certificateAuthority"] = (home.ca or b"").decode()
    file = tmp_path / "trust.yaml"
    file.write_text(yaml.dump(trust))
    options = {"authentication-config": file, "service-account-issuer": "https://other.example.com"}
    (tmp_path / "kube").mkdir()
    async with kube_server(tmp_path / "kube", programs, options=options) as running:
        yield running


async def test_it_may_there_what_is_granted_there_to_the_account_from_here(
    up: Up, other: KubeServer, tmp_path: Path
) -> None:
    repo = GitRepo(tmp_path / "repo.git")
    repo.commit({"app/a.yaml": yaml.dump({**MAP, "metadata": {"name": "a"}})})
    there = cluster_config_from_file(str(other.kubeconfig))
    said = {**IDENTITY, "address": other.url, "ca.crt": (there.ca or b"").decode()}
    identity = {"name": "identity", "namespace": "flux-system"}
    async with up.client() as here, other.transport() as transport:
        person = Client(transport)
        await apply(here, HERE.format(url=repo.url))
        await apply(here, yaml.dump({**MAP, "metadata": identity, "data": said}))
        await until(here, DELIVERY, refused, timeout=PATIENCE)
        await apply(person, GRANT)
        assert await until(here, DELIVERY, is_ready, timeout=PATIENCE)
        assert await person.find(THERE) is not None
        assert await here.find(THERE) is None


async def apply(client: Client, manifests: str) -> None:
    for manifest in yaml.load_all(manifests):
        await client.apply(manifest, field_manager="person")


def refused(obj: Manifest) -> str | None:
    text = str(ready(obj).get("message"))
    return text if 'User "home:system:serviceaccount:flux-system:deployer" cannot' in text else None


def is_ready(obj: Manifest) -> bool | None:
    return ready(obj).get("status") == "True" or None


def ready(obj: Manifest) -> Manifest:
    conditions = (obj.get("status") or {}).get("conditions") or ()
    return next((c for c in conditions if c["type"] == "Ready"), {})


MAP: Manifest = {"apiVersion": "v1", "kind": "ConfigMap"}
IDENTITY = {"provider": "generic", "audiences": "other", "serviceAccountName": "deployer"}
DISCOVERY = """
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: issuer}
rules: [{nonResourceURLs: [/.well-known/openid-configuration, /openid/v1/jwks], verbs: [get]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: issuer}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: issuer}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: system:unauthenticated}]
"""
TRUST = """
apiVersion: apiserver.config.k8s.io/v1
kind: AuthenticationConfiguration
jwt:
  - issuer:
      url: {issuer}
      discoveryURL: {home}/.well-known/openid-configuration
      audiences: [other]
    claimMappings:
      username: {{claim: sub, prefix: "home:"}}
"""
HERE = """
apiVersion: v1
kind: Namespace
metadata: {{name: flux-system}}
---
apiVersion: v1
kind: ServiceAccount
metadata: {{name: deployer, namespace: flux-system}}
---
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {{name: repo, namespace: flux-system}}
spec: {{interval: 1h, url: "{url}", ref: {{branch: main}}}}
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {{name: app, namespace: flux-system}}
spec:
  interval: 1h
  retryInterval: 1s
  path: ./app
  prune: true
  targetNamespace: default
  sourceRef: {{kind: GitRepository, name: repo}}
  kubeConfig: {{configMapRef: {{name: identity}}}}
"""
GRANT = """
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: from-home}
rules: [{apiGroups: [""], resources: [configmaps], verbs: ["*"]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: from-home}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: from-home}
subjects:
  - apiGroup: rbac.authorization.k8s.io
    kind: User
    name: home:system:serviceaccount:flux-system:deployer
"""
