"""Deliveries that other deliveries bring: the parent applies the spec, the rest is the child's own."""

from __future__ import annotations

from tests.unit.controllers.conftest import KUSTOMIZATION, Stage, config_map, ref_of
from trueup.objects import Manifest

FINALIZER = "finalizers.fluxcd.io"


def child(interval: str) -> str:
    return (
        f"{{apiVersion: {KUSTOMIZATION.api_version}, kind: Kustomization,"
        " metadata: {name: child, namespace: flux-system},"
        f" spec: {{interval: {interval}, path: ./child, prune: true,"
        " sourceRef: {kind: GitRepository, name: repo}}}"
    )


async def test_a_child_keeps_its_finalizer_when_git_changes_its_spec(stage: Stage) -> None:
    stage.repo.commit({"app/child.yaml": child("1h"), "child/a.yaml": config_map("a")})
    await stage.source()
    await stage.delivery()
    await stage.ready("child")
    await stage.commit({"app/child.yaml": child("2h")})
    without: list[str] = []

    def is_changed(obj: Manifest) -> bool:
        if FINALIZER not in obj["metadata"].get("finalizers", ()):
            without.append(obj["metadata"]["resourceVersion"])
        return bool(obj["status"].get("observedGeneration") == 2)

    await stage.until(ref_of(KUSTOMIZATION, "child"), is_changed)
    assert without == []
