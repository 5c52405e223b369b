"""CustomResourceDefinitions: ``tests/cases/controlplane/custom/definitions.yaml``."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from trueup.controlplane.validation.custom.definition import (
    definition_name_rule,
    validate_definition,
    validate_definition_update,
)
from trueup.controlplane.validation.metadata import validate_metadata
from trueup.objects import yaml

CASES = Path(__file__).parents[3] / "cases" / "controlplane" / "custom" / "definitions.yaml"
TABLE: list[dict[str, Any]] = yaml.load(CASES.read_bytes())
SHIPPED = [
    ("trueup.dialects.flux.crds", "gitrepositories.yaml"),
    ("trueup.dialects.flux.crds", "kustomizations.yaml"),
    ("trueup.report.crds", "deliveryrecords.yaml"),
]


def causes_of(definition: dict[str, Any]) -> list[str]:
    rule = definition_name_rule(definition)
    found = validate_metadata(definition["metadata"], rule, namespaced=False)
    found += validate_definition(definition)
    return [f"{cause['field']}: {cause['message']}" for cause in found]


@pytest.mark.parametrize("case", TABLE, ids=[case["name"] for case in TABLE])
def test_definition(case: dict[str, Any]) -> None:
    assert case.keys() <= {"name", "definition", "old", "causes", "contains"}
    if "old" in case:
        changes = validate_definition_update(case["definition"], case["old"])
        found = [f"{cause['field']}: {cause['message']}" for cause in changes]
    else:
        found = causes_of(case["definition"])
    if "contains" in case:
        assert [part for part in case["contains"] if part not in "\n".join(found)] == []
    else:
        assert sorted(found) == sorted(case.get("causes", []))


@pytest.mark.parametrize(("package", "name"), SHIPPED, ids=[name for _, name in SHIPPED])
def test_the_definitions_that_trueup_ships_are_accepted(package: str, name: str) -> None:
    definition = yaml.load(files(package).joinpath(name).read_bytes())
    assert causes_of(definition) == []
