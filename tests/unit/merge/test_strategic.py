"""Strategic merge patches: ``tests/cases/merge/strategic.yaml``, and what holds for all of them."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trueup.errors import InputError
from trueup.merge import jsonmerge, strategic
from trueup.objects import GroupVersionKind, yaml
from trueup.objects.manifest import copy
from trueup.schema import builtin

CASES = Path(__file__).parents[2] / "cases" / "merge" / "strategic.yaml"
TABLE: list[dict[str, Any]] = yaml.load(CASES.read_bytes())
POD = builtin(GroupVersionKind("", "v1", "Pod"))
assert POD is not None
SPEC = POD.properties["spec"]


@pytest.mark.parametrize("case", TABLE, ids=[case["name"] for case in TABLE])
def test_strategic(case: dict[str, Any]) -> None:
    assert case.keys() <= {"name", "live", "patch", "result", "error"}
    if "error" in case:
        with pytest.raises(InputError, match=case["error"]):
            strategic.apply(case["live"], case["patch"], SPEC)
    else:
        assert strategic.apply(case["live"], case["patch"], SPEC) == case["result"]


@pytest.mark.parametrize("case", TABLE, ids=[case["name"] for case in TABLE])
def test_neither_argument_is_changed(case: dict[str, Any]) -> None:
    live, patch = copy(case["live"]), copy(case["patch"])
    with contextlib.suppress(InputError):
        strategic.apply(live, patch, SPEC)
    assert (live, patch) == (case["live"], case["patch"])


NAMES = st.lists(st.sampled_from("abcd"), unique=True)
CONTAINERS = NAMES.map(lambda names: [{"name": name} for name in names])
PLAIN = st.recursive(
    st.none() | st.integers(0, 3),
    lambda below: st.dictionaries(st.sampled_from("abc"), below, max_size=3),
    max_leaves=8,
)
MAPPINGS = st.dictionaries(st.sampled_from("abc"), PLAIN, max_size=3)

WITHOUT_NULLS = st.dictionaries(
    st.sampled_from("abc"),
    st.recursive(
        st.integers(0, 3),
        lambda below: st.dictionaries(st.sampled_from("abc"), below, max_size=3),
        max_leaves=8,
    ),
    max_size=3,
)


@given(CONTAINERS, CONTAINERS)
def test_a_merged_list_holds_the_items_of_both_once(live: list[Any], patch: list[Any]) -> None:
    merged = strategic.apply({"containers": live}, {"containers": patch}, SPEC)
    names = [item["name"] for item in merged["containers"]]
    assert sorted(names) == sorted({item["name"] for item in live + patch})


@given(CONTAINERS, CONTAINERS)
def test_patching_twice_is_patching_once(live: list[Any], patch: list[Any]) -> None:
    once = strategic.apply({"containers": live}, {"containers": patch}, SPEC)
    assert strategic.apply(once, {"containers": patch}, SPEC) == once


@given(MAPPINGS, MAPPINGS)
def test_a_json_merge_patch_twice_is_once(live: dict[str, Any], patch: dict[str, Any]) -> None:
    once = jsonmerge.apply(live, patch)
    assert jsonmerge.apply(once, patch) == once


@given(WITHOUT_NULLS, WITHOUT_NULLS)
def test_the_patch_between_two_makes_one_into_the_other(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    assert jsonmerge.apply(before, jsonmerge.patch_between(before, after)) == after


@given(WITHOUT_NULLS)
def test_there_is_no_patch_between_equals(live: dict[str, Any]) -> None:
    assert jsonmerge.patch_between(live, live) == {}


@given(MAPPINGS)
def test_an_empty_json_merge_patch_changes_nothing(live: dict[str, Any]) -> None:
    assert jsonmerge.apply(live, {}) == live
