"""How many objects a rendering may come to, whatever renders it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from trueup.errors import RenderError
from trueup.render import bounds
from trueup.render.directory import build as build_directory
from trueup.render.kustomize import build as build_kustomization
from trueup.tree import MemoryTree, Tree

PARTS = 50
ONE = "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: m{0}, namespace: n{1}}}\n"


def many(count: int) -> Tree:
    """``count`` objects in some files."""
    names = [f"{number}.yaml" for number in range(PARTS)]
    files = {
        name: "---\n".join(ONE.format(at, name) for at in range(count // PARTS)) for name in names
    }
    return MemoryTree({**files, "kustomization.yaml": "resources: [" + ", ".join(names) + "]"})


BUILDS: list[Callable[[Tree, str], object]] = [build_directory, build_kustomization]


@pytest.mark.parametrize("build", BUILDS)
def test_more_objects_than_a_rendering_may_have_are_refused(
    build: Callable[[Tree, str], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "MAX_OBJECTS", 100)
    build(many(100), "")
    with pytest.raises(RenderError, match="more than 100 objects in one rendering"):
        build(many(150), "")


def test_the_bound_is_what_the_documents_say() -> None:
    assert bounds.MAX_OBJECTS == 50_000
