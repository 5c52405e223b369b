"""Patterns for paths: ``tests/cases/render/glob.yaml``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from trueup.errors import InputError
from trueup.objects import yaml
from trueup.render.directory.glob import compile_pattern

CASES: list[dict[str, Any]] = yaml.load(
    (Path(__file__).parents[3] / "cases" / "render" / "glob.yaml").read_bytes()
)
GOOD = [case for case in CASES if "error" not in case]
BAD = [case for case in CASES if "error" in case]


@pytest.mark.parametrize("case", GOOD, ids=[case["name"] for case in GOOD])
def test_a_pattern_matches_what_it_should(case: dict[str, Any]) -> None:
    matches = compile_pattern(case["pattern"])
    assert [path for path in case["yes"] + case["no"] if matches(path)] == case["yes"]


@pytest.mark.parametrize("case", BAD, ids=[case["name"] for case in BAD])
def test_a_malformed_pattern_is_an_error(case: dict[str, Any]) -> None:
    with pytest.raises(InputError) as refused:
        compile_pattern(case["pattern"])
    assert refused.value.cause == case["error"]


def test_a_hostile_pattern_takes_no_longer_than_others() -> None:
    assert not compile_pattern("*a" * 200 + "b")("a" * 20_000)
