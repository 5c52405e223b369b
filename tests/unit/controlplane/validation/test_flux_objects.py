"""Bad objects of the kinds that Trueup ships: ``tests/cases/controlplane/custom/flux.yaml``."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from trueup.controlplane.resources.custom import custom_resources
from trueup.controlplane.resources.resource import Resource
from trueup.controlplane.validation.custom.kind import CustomKind
from trueup.objects import yaml

CASES = Path(__file__).parents[3] / "cases" / "controlplane" / "custom" / "flux.yaml"
TABLE: list[dict[str, Any]] = yaml.load(CASES.read_bytes())
SKIPPED = (
    "<nil>: Invalid value: null: some validation rules were not checked because the object was"
    " invalid; correct the existing errors to complete validation"
)


@cache
def newest(name: str) -> Resource:
    definition = yaml.load(files("trueup.dialects.flux.crds").joinpath(name).read_bytes())
    return next(r for r in custom_resources(definition) if r.gvk == r.storage_gvk)


@pytest.mark.parametrize("case", TABLE, ids=[case["name"] for case in TABLE])
def test_bad_object(case: dict[str, Any]) -> None:
    resource = newest(case["file"])
    assert resource.custom is not None
    metadata = {"name": "a", "namespace": "default"}
    obj = {"apiVersion": resource.api_version, "kind": resource.kind, "metadata": metadata}
    custom = CustomKind(resource.custom)
    obj["spec"] = case["spec"]
    custom.complete(obj)
    causes = [f"{cause['field']}: {cause['message']}" for cause in custom.validate_create(obj)]
    skipped = [SKIPPED] if case.get("skipped") else []
    assert sorted(causes) == sorted([*case["causes"], *skipped])
