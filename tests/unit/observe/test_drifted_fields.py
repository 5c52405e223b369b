"""Which differences between a live object and a corrected one are drift. Authors: elsewhere."""

from __future__ import annotations

from typing import Any

import pytest

from trueup.observe.drift import changed_fields, drifted_fields

OURS = "kustomize-controller"
OWNED = {
    "f:metadata": {"f:annotations": {"f:team": {}}},
    "f:spec": {"f:template": {"f:spec": {"f:containers": {'k:{"name":"web"}': {"f:image": {}}}}}},
}


def deployment(image: str, annotations: dict[str, str]) -> dict[str, Any]:
    return {
        "kind": "Deployment",
        "metadata": {
            "annotations": annotations,
            "managedFields": [{"manager": OURS, "operation": "Apply", "fieldsV1": OWNED}],
        },
        "spec": {"template": {"spec": {"containers": [{"name": "web", "image": image}]}}},
    }


def paths(live: dict[str, Any], answer: dict[str, Any]) -> list[str]:
    return [change.path for change in drifted_fields(live, answer, OURS)]


def test_a_field_that_we_own_is_drift() -> None:
    found = paths(deployment("bad", {}), deployment("good", {}))
    assert found == ['.spec.template.spec.containers[name="web"].image']


@pytest.mark.parametrize("key", ["deployment.kubernetes.io/revision", "plain"])
def test_what_others_wrote_meanwhile_is_none(key: str) -> None:
    assert paths(deployment("good", {key: "1"}), deployment("good", {key: "2"})) == []


def test_a_map_that_holds_our_key_is_drift_when_it_is_gone() -> None:
    answer = deployment("good", {"team": "blue"})
    live = deployment("good", {})
    del live["metadata"]["annotations"]
    assert paths(live, answer) == [".metadata.annotations"]


def test_a_change_counts_whoever_owns_the_field() -> None:
    live, answer = deployment("good", {"plain": "1"}), deployment("good", {"plain": "2"})
    assert [change.path for change in changed_fields(live, answer)] == [
        ".metadata.annotations.plain"
    ]
