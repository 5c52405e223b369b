"""What kustomize builds, byte by byte: ``tests/cases/kustomize/<theme>.yaml``.

Each ``expect`` was printed by kustomize 5.8.1; where it says ``fails``, kustomize fails too, in other
words than these. ``objects`` names texts of ``objects.yaml`` that lie beside the ``files``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from trueup.errors import InputError
from trueup.objects import yaml
from trueup.render.kustomize import Options, build, to_yaml
from trueup.tree import MemoryTree

CASES = Path(__file__).parents[3] / "cases" / "kustomize"
OBJECTS: dict[str, str] = yaml.load((CASES / "objects.yaml").read_bytes())
TABLE: list[tuple[str, dict[str, Any]]] = [
    (path.stem, case)
    for path in sorted(CASES.glob("*.yaml"))
    if path.stem != "objects"
    for case in yaml.load(path.read_bytes())
]


@pytest.mark.parametrize(
    ("theme", "case"), TABLE, ids=[f"{theme}: {case['name']}" for theme, case in TABLE]
)
def test_build_prints_what_kustomize_prints(theme: str, case: dict[str, Any]) -> None:
    names = case.get("objects", "").split()
    files = {**{f"{name}.yaml": OBJECTS[name] for name in names}, **case["files"]}
    found = _printed(MemoryTree(files), case.get("path", "."))
    assert found == {key: case[key] for key in ("expect", "fails") if key in case}


def _printed(tree: MemoryTree, path: str) -> dict[str, str]:
    try:
        return {"expect": to_yaml(build(tree, path, Options(reorder="legacy")))}
    except InputError as error:
        return {"fails": str(error)}
