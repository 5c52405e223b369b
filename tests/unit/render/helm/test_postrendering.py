"""A kustomization over what a chart renders to."""

from __future__ import annotations

from typing import Any

from trueup.render.helm.arranging import arrange
from trueup.render.helm.postrendering import post_rendered
from trueup.render.helm.request import ChartRendering
from trueup.tree import MemoryTree

MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n"
POD = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: b\nspec:\n  containers:\n  - {name: c, image: nginx}\n"
TEST = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: t\n  annotations: {helm.sh/hook: test}\n"
RENDERED = arrange(
    {"c/templates/a.yaml": f"{POD}---\n{MAP}", "c/templates/t.yaml": TEST},
    "c",
    [("c/crds/a.yaml", "kind: CustomResourceDefinition\n")],
)


def objects(rendering: ChartRendering) -> list[dict[str, Any]]:
    return [piece.object or {} for piece in rendering.manifests]


def test_nothing_to_change_changes_no_object() -> None:
    assert objects(post_rendered(RENDERED, {})) == objects(RENDERED)


def test_patches_and_images_reach_the_objects() -> None:
    patch = {"patch": "kind: Pod\napiVersion: v1\nmetadata: {name: b, labels: {x: y}}\n"}
    images = [{"name": "nginx", "newTag": "1.27"}]
    pod = objects(post_rendered(RENDERED, {"patches": [patch], "images": images}))[1]
    assert pod["metadata"]["labels"] == {"x": "y"}
    assert pod["spec"]["containers"][0]["image"] == "nginx:1.27"


def test_each_object_keeps_its_template() -> None:
    found = post_rendered(RENDERED, {"namePrefix": "p-"})
    assert [piece.source for piece in found.manifests] == ["c/templates/a.yaml"] * 2


def test_a_hook_is_changed_and_stays_a_hook() -> None:
    (hook,) = post_rendered(RENDERED, {"namePrefix": "p-"}).hooks
    assert (hook.name, hook.is_test) == ("p-t", True)


def test_what_is_added_has_a_source_of_its_own() -> None:
    tree = MemoryTree({"more.yaml": MAP.replace("name: a", "name: more")})
    found = post_rendered(RENDERED, {"resources": ["more.yaml"]}, tree)
    added = [piece for piece in found.manifests if "more" in piece.text]
    assert [piece.source for piece in added] == ["generated-by-postrender.yaml"]


def test_definitions_stay_as_they_are() -> None:
    assert post_rendered(RENDERED, {"namePrefix": "p-"}).crds == RENDERED.crds
