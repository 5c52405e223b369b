"""``text.matches(pattern)``."""

from __future__ import annotations

from trueup.cel.registry import function
from trueup.cel.values import EvaluationError
from trueup.objects.regex import RegexError, compile_regex


@function("standard", "matches", "(string, string) -> bool", "string.(string) -> bool")
def matches(text: str, pattern: str) -> bool:
    """Whether ``pattern`` matches anywhere in ``text``."""
    try:
        return compile_regex(pattern).found_in(text)
    except RegexError as error:
        raise EvaluationError(str(error)) from error
