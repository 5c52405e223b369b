"""The syntax of ``--set`` and its sisters: ``tests/cases/render/helm/strvals.yaml``."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trueup.errors import RenderError
from trueup.objects import yaml
from trueup.render.helm.strvals import (
    Values,
    parse_into,
    parse_json_into,
    parse_literal_into,
    typed,
)

CASES: list[dict[str, Any]] = yaml.load(
    (Path(__file__).parents[3] / "cases" / "render" / "helm" / "strvals.yaml").read_bytes()
)
PARSERS: dict[str, Callable[[Values, str], None]] = {
    "set": parse_into,
    "set-string": lambda values, text: parse_into(values, text, str),
    "set-json": parse_json_into,
    "set-literal": parse_literal_into,
    "set-file": lambda values, text: parse_into(values, text, "FILE:{}".format),
}
ODD = st.text('ab01.,=[]{}\\"- é', max_size=12)


def parsed(case: dict[str, Any]) -> Values:
    values = deepcopy(case.get("base", {}))
    PARSERS[case["flag"]](values, case["text"])
    return values


@pytest.mark.parametrize(
    "case", [case for case in CASES if "values" in case], ids=lambda case: case["name"]
)
def test_a_text_sets_what_helm_sets(case: dict[str, Any]) -> None:
    assert parsed(case) == case["values"]


@pytest.mark.parametrize(
    "case", [case for case in CASES if "error" in case], ids=lambda case: case["name"]
)
def test_a_text_that_helm_refuses_is_refused_in_its_words(case: dict[str, Any]) -> None:
    with pytest.raises(RenderError) as caught:
        parsed(case)
    assert caught.value.cause == case["error"]


@pytest.mark.parametrize(("text", "kind"), [("5", int), ("1.5", str), ("TRUE", bool)])
def test_types_are_told_apart(text: str, kind: type[Any]) -> None:
    assert type(typed(text)) is kind


def test_numbers_of_json_are_floats() -> None:
    values: Values = {}
    parse_json_into(values, "a=5")
    assert type(values["a"]) is float


@given(st.sampled_from(sorted(PARSERS)), ODD)
def test_any_text_is_parsed_or_refused(flag: str, text: str) -> None:
    with suppress(RenderError):
        PARSERS[flag]({}, text)


def test_a_text_that_nests_without_end_is_refused() -> None:
    with pytest.raises(RenderError, match="nests too deeply"):
        parse_into({}, f"a{'[0]' * 100_000}=1")
