"""Templates and values that are made to hurt. What operators do is in ``cases/parity/substitute``."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trueup.errors import SubstitutionError
from trueup.render.substitute import substitute


@pytest.mark.timeout(20)
@pytest.mark.parametrize("pattern", ["##*x*y*z", "##*b*b*b*b*x", "%%*x*y", "#*b*b*x*"])
def test_many_stars_over_a_long_value_end_soon(pattern: str) -> None:
    value = "ab" * 10_000
    assert substitute(f"${{a{pattern}}}", {"a": value}, strict=False) == value


def test_references_nested_without_end_are_an_error() -> None:
    with pytest.raises(SubstitutionError, match="nested more than 100 deep"):
        substitute("${a:=" * 10_000 + "x" + "}" * 10_000, {}, strict=False)


@given(st.text(alphabet="${}a:=-#%/^,x \\"))
def test_any_template_is_filled_or_refused(template: str) -> None:
    with contextlib.suppress(SubstitutionError):
        assert isinstance(substitute(template, {"a": "b"}, strict=False), str)


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="$\0")))
def test_text_without_a_dollar_stays(text: str) -> None:
    assert substitute(text, {}, strict=True) == text
