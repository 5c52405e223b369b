"""What Go's JSON decoder says of a character that it does not expect."""

from __future__ import annotations

_LITERALS = ("true", "false", "null")


def unexpected(text: str, at: int) -> str:
    """Of ``text`` that goes wrong ``at`` some place, or ends there."""
    if at >= len(text.rstrip()):
        return "unexpected end of JSON input"
    for literal in _LITERALS:
        if text[at] == literal[0]:
            return _within(text[at:], literal)
    return f"invalid character '{text[at]}' looking for beginning of value"


def _within(text: str, literal: str) -> str:
    for found, wanted in zip(text, literal, strict=False):
        if found != wanted:
            return f"invalid character '{found}' in literal {literal} (expecting '{wanted}')"
    return "unexpected end of JSON input"
