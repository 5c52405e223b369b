"""The form in which objects are sent: ``tests/cases/dialects/flux_sent.yaml``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from trueup.dialects.flux.sent import bring_into_form
from trueup.objects import yaml
from trueup.objects.manifest import copy

CASES = Path(__file__).parents[2] / "cases" / "dialects" / "flux_sent.yaml"
TABLE: list[dict[str, Any]] = yaml.load(CASES.read_bytes())


@pytest.mark.parametrize("case", TABLE, ids=[case["name"] for case in TABLE])
def test_bring_into_form(case: dict[str, Any]) -> None:
    obj = copy(case["object"])
    bring_into_form(obj)
    assert obj == case["expect"]


@pytest.mark.parametrize("case", TABLE, ids=[case["name"] for case in TABLE])
def test_once_is_enough(case: dict[str, Any]) -> None:
    obj = copy(case["expect"])
    bring_into_form(obj)
    assert obj == case["expect"]
