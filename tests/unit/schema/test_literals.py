"""Go's words for text that is no JSON."""

from __future__ import annotations

import pytest

from trueup.schema.literals import unexpected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("no json", "invalid character 'o' in literal null (expecting 'u')"),
        ("tru", "unexpected end of JSON input"),
        ("?", "invalid character '?' looking for beginning of value"),
        ("", "unexpected end of JSON input"),
    ],
)
def test_text_that_is_no_json_is_refused_where_go_stops(text: str, words: str) -> None:
    assert unexpected(text, 0) == words
