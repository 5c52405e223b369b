"""What becomes of a delivery when its kind is taken away: nobody asked for its objects to go."""

from __future__ import annotations

from tests.unit.controllers.conftest import KUSTOMIZATION, Stage
from trueup.objects import ObjectRef

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
