"""Paths to fields in the notation of managedFields. Sets of them are in ``merge/test_fieldset``."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trueup.errors import InputError
from trueup.objects.fieldpath import (
    ABSENT,
    canonical,
    content,
    key_element,
    order,
    text,
    value_at,
    value_element,
)

SCALARS = st.booleans() | st.integers(-5, 5) | st.text(max_size=5) | st.sampled_from([1.5, 2.0])


@given(st.dictionaries(st.text(max_size=4), SCALARS, min_size=1, max_size=3))
def test_a_key_element_is_canonical_and_says_its_keys(keys: dict[str, Any]) -> None:
    element = key_element(keys)
    assert (canonical(element), content(element)) == (element, keys)


@given(SCALARS)
def test_a_value_element_is_canonical_and_says_its_value(value: Any) -> None:
    element = value_element(value)
    assert (canonical(element), content(element)) == (element, value)


@pytest.mark.parametrize(
    ("element", "same"),
    [
        ('k:{"b": 1, "a": "x"}', 'k:{"a":"x","b":1}'),
        ("v:2.0", "v:2"),
        ("i:007", "i:7"),
        ('v:"<"', 'v:"\\u003c"'),
        ("f:a.b", "f:a.b"),
    ],
)
def test_one_place_has_one_spelling(element: str, same: str) -> None:
    assert canonical(element) == same


def test_an_element_of_a_later_format_is_none() -> None:
    assert canonical("z:new") is None


@pytest.mark.parametrize("element", ["", "f", "name", "k:[]", "k:{", "v:", "i:one"])
def test_a_broken_element_is_refused(element: str) -> None:
    with pytest.raises(InputError, match="field path element"):
        canonical(element)


def test_elements_sort_as_kubernetes_sorts_them() -> None:
    elements = [
        "i:10",
        "i:9",
        'v:"a"',
        "v:10",
        "v:9",
        'k:{"name":"b"}',
        'k:{"name":"a"}',
        "f:z",
        "f:a",
    ]
    assert sorted(elements, key=order) == elements[::-1]


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        (("f:spec", 'k:{"name":"web"}', "f:image"), '.spec[name="web"].image'),
        (('k:{"port":80,"protocol":"TCP"}',), '[port=80,protocol="TCP"]'),
        (("f:finalizers", 'v:"x"'), '.finalizers[="x"]'),
        (("f:list", "i:0"), ".list[0]"),
        (('v:"a\\"\\n\\u0001é"',), '[="a\\"\\n\\x01é"]'),
    ],
)
def test_paths_are_shown_as_kubernetes_prints_them(path: tuple[str, ...], shown: str) -> None:
    assert text(path) == shown


OBJECT = {
    "list": [{"name": "a", "n": 1}, {"name": "b", "n": 2}, "text", None],
    "set": ["x", 1],
    "null": None,
}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("f:list", 'k:{"name":"b"}', "f:n"), 2),
        (("f:list", "i:2"), "text"),
        (("f:set", 'v:"x"'), "x"),
        (("f:null",), None),
        ((), OBJECT),
        (("f:none",), ABSENT),
        (("f:list", 'k:{"name":"c"}'), ABSENT),
        (("f:list", "i:9"), ABSENT),
        (("f:set", 'v:"y"'), ABSENT),
        (("f:set", "f:x"), ABSENT),
        (("f:null", "f:x"), ABSENT),
    ],
)
def test_values_are_found_where_they_are(path: tuple[str, ...], value: Any) -> None:
    assert value_at(OBJECT, path) == value
