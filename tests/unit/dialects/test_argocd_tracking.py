"""Which Application an object belongs to: ``tests/cases/dialects/argocd_tracking.yaml``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from trueup.dialects.argocd.tracking import application_of
from trueup.objects import yaml

CASES = Path(__file__).parents[2] / "cases" / "dialects" / "argocd_tracking.yaml"
TABLE: list[dict[str, Any]] = yaml.load(CASES.read_bytes())


@pytest.mark.parametrize("case", TABLE, ids=[case["name"] for case in TABLE])
def test_application_of(case: dict[str, Any]) -> None:
    assert application_of({"metadata": case["metadata"]}) == case["expect"]
