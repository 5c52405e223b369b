"""What holds of every strategic merge, whatever is merged: laws, tried on generated pods."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from trueup.render.kustomize.nodes import from_value, to_value
from trueup.render.kustomize.patch.strategic import merge

NAMES = st.sampled_from(["a", "b", "c"])
SCALARS = st.one_of(st.sampled_from(["x", "y", "1", ""]), st.integers(0, 3), st.booleans())
ENV = st.lists(
    st.fixed_dictionaries({"name": NAMES}, optional={"value": st.sampled_from("xyz")}),
    unique_by=lambda item: str(item["name"]),
    min_size=1,
    max_size=3,
)
CONTAINERS = st.lists(
    st.fixed_dictionaries(
        {"name": NAMES, "image": st.sampled_from("pq")},
        optional={"env": ENV, "args": st.lists(SCALARS, min_size=1, max_size=3)},
    ),
    unique_by=lambda item: str(item["name"]),
    min_size=1,
    max_size=3,
)
PODS = st.fixed_dictionaries(
    {
        "apiVersion": st.just("v1"),
        "kind": st.just("Pod"),
        "metadata": st.fixed_dictionaries(
            {"name": st.just("pod")},
            optional={"labels": st.dictionaries(NAMES, st.sampled_from("xyz"), min_size=1)},
        ),
    },
    optional={"spec": st.fixed_dictionaries({"containers": CONTAINERS})},
)


def merged(obj: dict[str, Any], patch: dict[str, Any]) -> Any:
    found = merge(from_value(copy.deepcopy(obj)), from_value(copy.deepcopy(patch)))
    return None if found is None else to_value(found)


def containers(obj: dict[str, Any]) -> dict[str, Any]:
    return {item["name"]: item for item in obj.get("spec", {}).get("containers", [])}


@given(PODS)
def test_an_object_patched_with_itself_stays_as_it_is(obj: dict[str, Any]) -> None:
    assert merged(obj, obj) == obj


@given(PODS)
def test_a_patch_that_only_names_the_object_changes_nothing(obj: dict[str, Any]) -> None:
    bare = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "pod"}}
    assert merged(obj, bare) == obj


@given(PODS, PODS)
def test_a_patch_that_is_applied_twice_does_what_it_did_once(
    obj: dict[str, Any], patch: dict[str, Any]
) -> None:
    once = merged(obj, patch)
    assert merged(once, patch) == once


@given(PODS, PODS)
def test_what_the_patch_says_is_so(obj: dict[str, Any], patch: dict[str, Any]) -> None:
    result = containers(merged(obj, patch))
    for name, wanted in containers(patch).items():
        assert result[name]["image"] == wanted["image"]
        assert result[name].get("args") == wanted.get("args", result[name].get("args"))


@given(PODS, PODS)
def test_list_elements_merge_by_key_and_none_is_lost(
    obj: dict[str, Any], patch: dict[str, Any]
) -> None:
    assert set(containers(merged(obj, patch))) == {*containers(obj), *containers(patch)}


@given(PODS, NAMES)
def test_delete_removes_one_element_and_no_other(obj: dict[str, Any], name: str) -> None:
    patch = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "pod"},
        "spec": {"containers": [{"name": name, "$patch": "delete"}]},
    }
    assert set(containers(merged(obj, patch))) == {*containers(obj)} - {name}


@given(PODS)
def test_null_removes_a_field(obj: dict[str, Any]) -> None:
    patch = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "pod", "labels": None}}
    assert "labels" not in merged(obj, patch)["metadata"]


@given(PODS)
def test_delete_at_the_top_removes_the_object(obj: dict[str, Any]) -> None:
    assert merged(obj, {**obj, "$patch": "delete"}) is None
