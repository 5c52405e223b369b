"""``.helmignore``: ``tests/cases/render/helm/ignore.yaml``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from trueup.errors import RenderError
from trueup.objects import yaml
from trueup.render.helm.ignore import ignore_rules

CASES: list[dict[str, Any]] = yaml.load(
    (Path(__file__).parents[3] / "cases" / "render" / "helm" / "ignore.yaml").read_bytes()
)


@pytest.mark.parametrize(
    "case", [case for case in CASES if "error" not in case], ids=lambda case: case["name"]
)
def test_a_path_is_hidden_as_by_helm(case: dict[str, Any]) -> None:
    hides = ignore_rules(case["rules"])
    paths = [*case["hidden"], *case["shown"]]
    assert [path for path in paths if hides(path.rstrip("/"), path[-1] == "/")] == case["hidden"]


@pytest.mark.parametrize(
    "case", [case for case in CASES if "error" in case], ids=lambda case: case["name"]
)
def test_a_rule_that_helm_refuses_is_named(case: dict[str, Any]) -> None:
    with pytest.raises(RenderError) as caught:
        ignore_rules(case["rules"])
    assert str(caught.value) == f".helmignore: {case['rules']}: {case['error']}; correct the rule"
