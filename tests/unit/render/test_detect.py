"""Which tool a folder is written for: ``tests/cases/render/detect.yaml``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from trueup.objects import yaml
from trueup.render.detect import detect
from trueup.tree import MemoryTree

CASES: list[dict[str, Any]] = yaml.load(
    (Path(__file__).parents[2] / "cases" / "render" / "detect.yaml").read_bytes()
)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_folder_is_for_the_tool_that_its_files_are_for(case: dict[str, Any]) -> None:
    assert detect(MemoryTree(dict.fromkeys(case["files"], "")), "") == case["expect"]
