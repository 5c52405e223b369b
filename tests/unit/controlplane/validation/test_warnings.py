"""What is unwise is warned of: ``tests/cases/controlplane/warnings.yaml``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from trueup.controlplane.validation.warnings import object_warnings
from trueup.objects import yaml

_CASES = Path(__file__).parents[3] / "cases" / "controlplane" / "warnings.yaml"
CASES: list[dict[str, Any]] = yaml.load(_CASES.read_bytes())


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_what_is_unwise_is_warned_of(case: dict[str, Any]) -> None:
    found = object_warnings(
        case["bucket"], case["object"], case.get("old"), case.get("subresource", "")
    )
    assert found == case["warnings"]
