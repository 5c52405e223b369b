"""What the cases of replacements do not show: text that is too much, or too odd, for its layout."""

from __future__ import annotations

import pytest

from trueup.render.kustomize.embedded import MAX_TEXT, rewritten
from trueup.render.kustomize.nodes import TextScalars
from trueup.render.kustomize.reading import read_node


def _unchanged(text: str) -> str | None:
    return rewritten(text, read_node(text, scalars=TextScalars()))


@pytest.mark.parametrize(
    "text",
    ["a: &x {b: 1}\nc: *x", "a: [1, # one\n 2]", "a: b\n" + "# long\n" * MAX_TEXT],
    ids=["anchors", "comments between brackets", "more than the bound"],
)
def test_text_that_cannot_keep_its_layout_is_left_to_others(text: str) -> None:
    assert _unchanged(text) is None


def test_text_in_the_layout_of_kustomize_stays_as_it_is() -> None:
    text = "# top\n\n# one\na: \"x\" # behind\nb:\n- 'y'\n- {c: 1}\nd: |-\n  text"
    assert _unchanged(text) == text
