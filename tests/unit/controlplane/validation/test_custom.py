"""Custom resources against their schemas: the tables in ``tests/cases/controlplane/custom``.

Definitions are in ``test_definitions``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trueup.controlplane.resources.resource import CustomVersion
from trueup.controlplane.validation.custom.fitting import fits
from trueup.controlplane.validation.custom.kind import CustomKind
from trueup.controlplane.validation.custom.openapi import validate
from trueup.objects import yaml
from trueup.objects.manifest import copy

CASES = Path(__file__).parents[3] / "cases" / "controlplane" / "custom"
WITHOUT_RULES: list[dict[str, Any]] = yaml.load((CASES / "schemas.yaml").read_bytes())
TABLE = [*WITHOUT_RULES, *yaml.load((CASES / "rules.yaml").read_bytes())]
KNOWN = {"name", "schema", "spec", "old", "result", "unknown", "causes"}


def kind(spec_schema: dict[str, Any]) -> CustomKind:
    root = {"type": "object", "properties": {"spec": spec_schema}}
    return CustomKind(CustomVersion("x", {"schema": {"openAPIV3Schema": root}}, "v1"))


def widget(spec: Any) -> dict[str, Any]:
    metadata = {"name": "a", "namespace": "default"}
    return {"apiVersion": "a.b/v1", "kind": "Widget", "metadata": metadata, "spec": spec}


@pytest.mark.parametrize("case", TABLE, ids=[case["name"] for case in TABLE])
def test_schema(case: dict[str, Any]) -> None:
    assert case.keys() <= KNOWN
    custom, obj = kind(case["schema"]), widget(copy(case["spec"]))
    unknown = custom.complete(obj)
    if "old" in case:
        causes = custom.validate_update(obj, widget(case["old"]), "")
    else:
        causes = custom.validate_create(obj)
    assert obj["spec"] == case.get("result", case["spec"])
    assert unknown == case.get("unknown", [])
    assert sorted(f"{c['field']}: {c['message']}" for c in causes) == sorted(case.get("causes", []))


PLAIN = st.none() | st.booleans() | st.integers(0, 9) | st.sampled_from(["", "a", "TCP"])
VALUES: st.SearchStrategy[Any] = st.deferred(
    lambda: (
        PLAIN
        | st.lists(VALUES, max_size=3)
        | st.dictionaries(st.sampled_from("abclop"), VALUES, max_size=4)
    )
)
SCHEMAS = st.sampled_from([case["schema"] for case in WITHOUT_RULES])


@given(SCHEMAS, VALUES)
def test_completing_twice_is_completing_once(schema: dict[str, Any], spec: Any) -> None:
    custom, obj = kind(schema), widget(spec)
    custom.complete(obj)
    once = copy(obj)
    assert custom.complete(obj) == []
    assert obj == once


@given(SCHEMAS, VALUES)
def test_the_quick_check_says_yes_only_where_nothing_is_wrong(
    schema: dict[str, Any], value: Any
) -> None:
    assert not fits(schema)(value) or validate(schema, value) == []


@pytest.mark.parametrize("case", WITHOUT_RULES, ids=[case["name"] for case in WITHOUT_RULES])
def test_the_quick_check_knows_values_that_fit(case: dict[str, Any]) -> None:
    value = case.get("result", case["spec"])
    plain = all(
        type(item) is not float for item in (value if isinstance(value, dict) else {}).values()
    )
    assert not plain or fits(case["schema"])(value) == (validate(case["schema"], value) == [])


@given(SCHEMAS, VALUES)
def test_what_is_valid_is_valid_as_an_update_of_anything(schema: dict[str, Any], spec: Any) -> None:
    custom, obj = kind(schema), widget(spec)
    custom.complete(obj)
    causes = custom.validate_update(obj, widget({}), "")
    assert causes == [] or custom.validate_create(obj) != []


@given(SCHEMAS, VALUES)
def test_an_update_that_changes_nothing_is_never_refused_by_values(
    schema: dict[str, Any], spec: Any
) -> None:
    custom, obj = kind(schema), widget(spec)
    custom.complete(obj)
    causes = custom.validate_update(obj, copy(obj), "")
    assert all(cause["field"].startswith("spec.e") for cause in causes)
