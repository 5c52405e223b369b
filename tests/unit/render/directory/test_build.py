"""Directories of manifests: ``tests/cases/render/directory.yaml``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from trueup.errors import InputError
from trueup.objects import yaml
from trueup.render.directory import Located, Options, build
from trueup.render.directory.selection import Selection
from trueup.tree import MemoryTree

CASES: list[dict[str, Any]] = yaml.load(
    (Path(__file__).parents[3] / "cases" / "render" / "directory.yaml").read_bytes()
)
GOOD = [case for case in CASES if "error" not in case]
BAD = [case for case in CASES if "error" in case]


def built(case: dict[str, Any]) -> list[Located]:
    chosen = {key: case[key] for key in ("recurse", "include", "exclude") if key in case}
    options = Options(Selection(**chosen), case.get("skip_marker", ""))
    return build(MemoryTree(case["files"], case.get("links")), "", options)


def shown(one: Located) -> str:
    origin = one.origin
    return " ".join(
        map(str, (one.manifest.get("kind"), origin.file, origin.document, *origin.within))
    )


@pytest.mark.parametrize("case", GOOD, ids=[case["name"] for case in GOOD])
def test_a_directory_is_the_objects_in_its_files(case: dict[str, Any]) -> None:
    assert [shown(one) for one in built(case)] == case["expect"]


@pytest.mark.parametrize("case", BAD, ids=[case["name"] for case in BAD])
def test_what_is_wrong_is_told_with_its_place(case: dict[str, Any]) -> None:
    with pytest.raises(InputError) as refused:
        built(case)
    assert [part for part in case["error"] if part not in str(refused.value)] == []
