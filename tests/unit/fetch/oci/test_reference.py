"""What names an artifact: ``tests/cases/fetch/references.yaml``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from trueup.errors import InputError
from trueup.fetch.oci import Reference

CASES = yaml.safe_load((Path(__file__).parents[3] / "cases/fetch/references.yaml").read_text())


@pytest.mark.parametrize("case", [c for c in CASES if "is" in c], ids=lambda case: case["name"])
def test_a_reference_is_taken_apart(case: dict[str, Any]) -> None:
    assert Reference.parse(case["reference"]) == Reference(*case["is"])
    assert Reference.parse(str(Reference(*case["is"]))) == Reference(*case["is"])


@pytest.mark.parametrize("case", [c for c in CASES if "is" not in c], ids=lambda case: case["name"])
def test_what_is_no_reference_is_refused(case: dict[str, Any]) -> None:
    with pytest.raises(InputError) as refusal:
        Reference.parse(case["reference"])
    assert refusal.value.cause == case["refused"]
