"""Kinds that come, and what becomes of a delivery when its kind is taken away."""

from __future__ import annotations

from collections.abc import Mapping

from tests.unit.controllers.conftest import KUSTOMIZATION, Stage
from trueup.cluster import Answer, Client
from trueup.cluster.transport import Query
from trueup.controllers.definitions import install
from trueup.controlplane.auth.user import User
from trueup.controlplane.inprocess import InProcessTransport
from trueup.objects import GroupVersionKind, ObjectRef, yaml

DEFINITION = ObjectRef(
    "apiextensions.k8s.io",
    "CustomResourceDefinition",
    "",
    f"kustomizations.{KUSTOMIZATION.group}",
    "v1",
)


async def test_a_kind_that_is_deleted_leaves_what_its_deliveries_brought(stage: Stage) -> None:
    text = "{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: default}}"
    stage.repo.commit({"app/a.yaml": text})
    await stage.source()
    await stage.delivery()
    await stage.ready()
    await stage.person.delete(DEFINITION)
    await stage.gone(DEFINITION)
    assert await stage.person.find(ObjectRef("", "ConfigMap", "default", "a", "v1")) is not None


class Late(InProcessTransport):
    """A server whose discovery is one answer behind, as kube-apiserver's is for a moment."""

    before: Answer | None = None

    async def request(
        self, method: str, path: str, query: Query, headers: Mapping[str, str], body: bytes | None
    ) -> Answer:
        answer = await super().request(method, path, query, headers, body)
        if path != "/apis":
            return answer
        self.before, late = answer, self.before or answer
        return late


async def test_kinds_that_were_installed_can_be_used_at_once(stage: Stage) -> None:
    widgets = yaml.load(WIDGETS)
    client = Client(Late(stage.embedded.plane, User("admin", groups=("system:masters",))))
    await client.discover()
    await install(client, [widgets])
    assert (await client.list(GroupVersionKind("example.com", "v1", "Widget"))).items == []


WIDGETS = """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec:
  group: example.com
  names: {plural: widgets, kind: Widget}
  scope: Namespaced
  versions:
    - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}
"""
