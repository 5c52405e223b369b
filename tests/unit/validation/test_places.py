"""Where a field of a rendered object is written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trueup.render.origin import Origin
from trueup.validation import Problem, line_in
from trueup.validation.problem import FieldPath, parse_field

TEXT = b"""\
kind: A
metadata: {name: web}
---
kind: A
metadata:
  name: web-db
spec: {x: 1}
---
kind: B
metadata: {name: web}
"""


@pytest.mark.parametrize(
    ("kind", "name", "line"),
    [
        ("A", "web", 1),
        ("A", "pre-web-db-7c4f", 4),
        ("A", "pre-web-suffix", 1),
        ("B", "other", 9),
        ("C", "web", 0),
    ],
)
def test_a_document_is_found_by_its_kind_and_the_closest_name(
    kind: str, name: str, line: int
) -> None:
    obj = {"kind": kind, "metadata": {"name": name}}
    assert line_in(TEXT, Origin("f"), obj, ()) == line


def test_a_field_that_came_from_elsewhere_has_the_line_of_what_is_above() -> None:
    obj = {"kind": "A", "metadata": {"name": "web-db"}}
    assert line_in(TEXT, Origin("f"), obj, ("spec", "patched", 0)) == 7


def test_a_known_document_is_not_looked_for() -> None:
    assert line_in(TEXT, Origin("f", 3), {"kind": "A"}, ("metadata",)) == 10


def test_an_item_of_a_list_has_its_own_line() -> None:
    text = b"kind: List\nitems:\n- kind: A\n- kind: B\n  x: 1\n"
    assert line_in(text, Origin("f", 1, ("items", 1)), {"kind": "B"}, ("x",)) == 5


@given(st.lists(st.text("ab/.-", min_size=1, max_size=5) | st.integers(0, 99), max_size=5))
def test_a_path_survives_being_written(steps: list[str | int]) -> None:
    path: FieldPath = tuple(steps)
    assert parse_field(Problem(path, "").field) == path
