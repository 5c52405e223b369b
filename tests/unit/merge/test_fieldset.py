"""Sets of field paths: the laws of sets, and the FieldsV1 format."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trueup.errors import InputError
from trueup.merge.fieldset import FieldSet, union_of
from trueup.objects.fieldpath import Path, key_element, value_element

_KEYS = st.dictionaries(
    st.sampled_from(["name", "port"]), st.sampled_from(["a", 80, True]), min_size=1
)
ELEMENTS = (
    st.sampled_from(["f:a", "f:b", "f:a.b", "f:", "i:0", "i:10", "i:2"])
    | _KEYS.map(key_element)
    | st.sampled_from(["x", "<", 1, 1.5, False, "é"]).map(value_element)
)
PATHS = st.lists(ELEMENTS, min_size=1, max_size=3).map(tuple)
SETS = st.lists(PATHS, max_size=5)


def members(fields: FieldSet) -> set[Path]:
    return set(fields.paths())


@given(SETS)
def test_a_set_holds_what_it_was_made_of(paths: list[Path]) -> None:
    assert members(FieldSet.of(*paths)) == set(paths)


@given(SETS, PATHS)
def test_membership_is_exact(paths: list[Path], path: Path) -> None:
    assert (path in FieldSet.of(*paths)) == (path in set(paths))


@given(SETS, SETS)
def test_union_intersection_and_difference_are_those_of_sets(
    left: list[Path], right: list[Path]
) -> None:
    a, b = FieldSet.of(*left), FieldSet.of(*right)
    assert members(a | b) == set(left) | set(right)
    assert members(a & b) == set(left) & set(right)
    assert members(a - b) == set(left) - set(right)


@given(SETS, SETS)
def test_equal_members_make_equal_sets_however_they_came_about(
    left: list[Path], right: list[Path]
) -> None:
    a, b = FieldSet.of(*left), FieldSet.of(*right)
    assert (a - b) | (a & b) == a
    assert union_of([a, b]) == b | a == FieldSet.of(*right, *left)


@given(SETS, SETS)
def test_without_takes_members_and_all_below_them(left: list[Path], right: list[Path]) -> None:
    kept = {path for path in left if not any(path[: n + 1] in right for n in range(len(path)))}
    assert members(FieldSet.of(*left).without(FieldSet.of(*right))) == kept


@given(SETS)
def test_fields_v1_is_read_back_as_it_was_written(paths: list[Path]) -> None:
    fields = FieldSet.of(*paths)
    assert FieldSet.from_fields(fields.to_fields()) == fields


@given(SETS, SETS)
def test_operands_stay_as_they_are(left: list[Path], right: list[Path]) -> None:
    a, b = FieldSet.of(*left), FieldSet.of(*right)
    _ = (a | b, a & b, a - b, a.without(b))
    assert (members(a), members(b)) == (set(left), set(right))


def test_elements_are_written_in_kubernetes_order() -> None:
    fields = FieldSet.of(
        ("i:10",), ("i:9",), ('v:"b"',), ("v:2",), ('k:{"name":"x"}',), ("f:b",), ("f:a",)
    )
    assert list(fields.to_fields()) == [
        "f:a", "f:b", 'k:{"name":"x"}', "v:2", 'v:"b"', "i:9", "i:10",
    ]  # fmt: skip


def test_spellings_of_one_key_are_one_place() -> None:
    spaced = FieldSet.from_fields({'k:{ "port": 80.0, "name": "a" }': {}})
    assert spaced == FieldSet.of(('k:{"name":"a","port":80}',))


@pytest.mark.parametrize("element", ["", "x", "fname", "k:{", "v:", "i:x", "k:1"])
def test_a_broken_element_is_refused(element: str) -> None:
    with pytest.raises(InputError):
        FieldSet.from_fields({element: {}})


def test_elements_of_a_later_format_are_dropped() -> None:
    assert FieldSet.from_fields({"z:new": {}, "f:a": {}}) == FieldSet.of(("f:a",))
