"""The difference of two objects: laws, and how changes are told."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trueup.objects import manifest
from trueup.plan.diff import ABSENT, FieldChange, diff, diff_objects

SCALARS = st.none() | st.booleans() | st.sampled_from([0, 1, 1.5, "a", "", 'q"]['])
NAMES = st.sampled_from(["a", "b-c", "x.y", 'q"]["', "0"])
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.dictionaries(NAMES, inner, max_size=3)
        | st.lists(inner, max_size=3)
        | st.lists(
            st.fixed_dictionaries({"name": st.sampled_from("abc")}, optional={"v": inner}),
            max_size=3,
            unique_by=lambda item: item["name"],
        )
    ),
    max_leaves=12,
)


@given(VALUES)
def test_nothing_differs_from_itself(value: Any) -> None:
    assert list(diff(value, manifest.copy(value))) == []


@given(VALUES, VALUES)
def test_what_differs_is_told(before: Any, after: Any) -> None:
    assert bool(list(diff(before, after))) == (_typed(before) != _typed(after))


@given(VALUES, VALUES)
def test_the_way_back_has_the_same_fields_with_their_sides_changed(before: Any, after: Any) -> None:
    there = {change.path: (change.before, change.after) for change in diff(before, after)}
    back = {change.path: (change.after, change.before) for change in diff(after, before)}
    assert there == back


@given(VALUES, VALUES)
def test_one_place_is_told_once(before: Any, after: Any) -> None:
    changes = list(diff(before, after))
    inner = [c.path for c in changes if not isinstance(c.before, list)]
    assert len(inner) == len(set(inner))


def _typed(value: Any) -> Any:
    """``value`` such that True is not 1, but 1.0 is."""
    if isinstance(value, dict):
        return {key: _typed(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_typed(item) for item in value]
    return (isinstance(value, bool), value)


def told(before: Any, after: Any) -> list[tuple[str, Any, Any]]:
    return [(change.path, change.before, change.after) for change in diff(before, after)]


def test_an_inserted_container_is_one_change() -> None:
    web, proxy = {"name": "web", "image": "a"}, {"name": "proxy", "image": "b"}
    assert told({"c": [web]}, {"c": [proxy, web]}) == [('.c[name="proxy"]', ABSENT, proxy)]


def test_elements_that_changed_places_are_told_by_their_keys() -> None:
    one, two = {"name": "1"}, {"name": "2"}
    assert told({"init": [one, two]}, {"init": [two, one]}) == [(".init", ["1", "2"], ["2", "1"])]


def test_a_field_of_an_element_is_told_by_the_elements_key() -> None:
    before = {"ports": [{"containerPort": 80, "protocol": "TCP"}]}
    after = {"ports": [{"containerPort": 80, "protocol": "UDP"}]}
    assert told(before, after) == [(".ports[containerPort=80].protocol", "TCP", "UDP")]


@pytest.mark.parametrize("repeated", [[{"name": "a"}, {"name": "a"}], [{"name": "a"}, {}]])
def test_a_list_without_a_key_is_compared_by_place(repeated: list[Any]) -> None:
    assert told(repeated, [*repeated, {"name": "b"}]) == [("[2]", ABSENT, {"name": "b"})]


def test_null_and_absent_are_two_things() -> None:
    assert told({"a": None}, {}) == [(".a", None, ABSENT)]


def test_a_key_that_is_no_word_is_quoted() -> None:
    assert told({}, {"app.kubernetes.io/name": "x"}) == [
        ('["app.kubernetes.io/name"]', ABSENT, "x")
    ]


def test_status_and_what_the_server_keeps_do_not_count() -> None:
    before = {"metadata": {"name": "a", "resourceVersion": "1", "uid": "x"}, "status": {"a": 1}}
    after = {"metadata": {"name": "a", "managedFields": [], "generation": 2}}
    assert diff_objects(before, after) == []


def test_a_change_knows_both_sides() -> None:
    assert list(diff({"a": 1}, {"a": 2})) == [FieldChange(".a", 1, 2)]
