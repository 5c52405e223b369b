"""Where values come from, and which win: ``tests/cases/render/helm/values.yaml``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from trueup.errors import TrueupError
from trueup.objects import yaml
from trueup.render.helm.values import ValueFlags, load_values, merged_values

CASES: list[dict[str, Any]] = yaml.load(
    (Path(__file__).parents[3] / "cases" / "render" / "helm" / "values.yaml").read_bytes()
)
FLAGS = ("set_json", "set", "set_string", "set_file", "set_literal")


def merged(case: dict[str, Any]) -> dict[str, Any]:
    files: dict[str, str] = case.get("files", {})
    given = {flag: tuple(case.get(flag.replace("_", "-"), ())) for flag in FLAGS}
    flags = ValueFlags(tuple(files), **given)
    return merged_values(flags, lambda name: files.get(name, f"content of {name}").encode())


@pytest.mark.parametrize(
    "case", [case for case in CASES if "values" in case], ids=lambda case: case["name"]
)
def test_values_are_merged_as_helm_does(case: dict[str, Any]) -> None:
    assert merged(case) == case["values"]


@pytest.mark.parametrize(
    "case", [case for case in CASES if "error" in case], ids=lambda case: case["name"]
)
def test_what_is_wrong_is_told(case: dict[str, Any]) -> None:
    with pytest.raises(TrueupError) as caught:
        merged(case)
    assert str(caught.value) == case["error"]


def test_numbers_of_files_are_floats_as_they_are_to_go() -> None:
    values = load_values("a: 5\nb: [{c: 6}]", "a.yaml")
    assert [type(values["a"]), type(values["b"][0]["c"])] == [float, float]
