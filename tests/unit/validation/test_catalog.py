"""Objects held to the schemas of their kinds: ``tests/cases/validation/problems.yaml``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from trueup.dialects.flux.crds import crds as flux_crds
from trueup.errors import InputError
from trueup.objects import yaml
from trueup.validation import Catalog, Reason

FOLDER = Path(__file__).parents[2] / "cases" / "validation"
CASES: list[dict[str, Any]] = yaml.load((FOLDER / "problems.yaml").read_bytes())
DEFINITIONS = [*flux_crds(), *yaml.load_all((FOLDER / "definitions.yaml").read_bytes())]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_an_object_is_held_to_its_kind(case: dict[str, Any]) -> None:
    found = Catalog(case.get("version", "1.37"), DEFINITIONS).problems(case["object"])
    invalid = [f"{p.field}: {p.message}" for p in found if p.reason is Reason.INVALID]
    unknown = [p.field for p in found if p.reason is Reason.UNKNOWN_FIELD]
    missing = [p.message for p in found if p.reason is Reason.MISSING_SCHEMA]
    expected = case.get("expect", []), case.get("unknown", []), case.get("missing", "")
    assert (invalid, unknown, "".join(missing)) == expected


def test_a_version_without_schemas_is_refused() -> None:
    with pytest.raises(InputError, match=r"no schemas of Kubernetes 1\.2; choose from 1\.31"):
        Catalog("1.2")
