"""Name patterns: held against Python's fnmatch where both say the same, and case by case."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trueup.tree.glob import matches

CASES = [
    ("*", "", True),
    ("a*c", "abc", True),
    ("a*c", "abd", False),
    ("a*b*c", "aXbYbc", True),
    ("*.yaml", ".yaml", True),
    ("?", "é", True),
    ("??", "é", False),
    ("[a-c]x", "bx", True),
    ("[^a-c]x", "bx", False),
    ("[^a-c]x", "dx", True),
    ("[!a]", "!", True),
    ("[é]", "é", True),
    ("\\*", "*", True),
    ("\\*", "x", False),
    ("[\\]]", "]", True),
    ("[", "[", False),
    ("[a", "a", False),
    ("[]a]", "]", False),
    ("[a-]", "a", False),
    ("a\\", "a\\", False),
    ("a/*", "a/b/c", True),
    ("", "", True),
    ("", "a", False),
]


@pytest.mark.parametrize(("pattern", "name", "expected"), CASES)
def test_a_name_matches_as_go_says(pattern: str, name: str, expected: bool) -> None:
    assert matches(pattern.encode(), name.encode()) is expected


@given(
    pattern=st.text("ab*?", max_size=8),
    name=st.text("ab", max_size=10),
)
def test_stars_and_question_marks_are_the_regular_expressions_they_look_like(
    pattern: str, name: str
) -> None:
    expression = pattern.replace("*", ".*").replace("?", ".")
    assert matches(pattern.encode(), name.encode()) == bool(re.fullmatch(expression, name))


@given(pattern=st.text("ab*\\", max_size=8), name=st.text("ab*", max_size=10))
def test_plain_text_between_stars_matches_as_characters_would(pattern: str, name: str) -> None:
    as_class = re.sub(r"\\?[ab]", lambda found: f"[{found[0][-1]}]", pattern)
    assert matches(pattern.encode(), name.encode()) == matches(as_class.encode(), name.encode())


def test_a_hostile_pattern_takes_no_long_time() -> None:
    assert not matches(b"a*" * 40 + b"b", b"a" * 200)
