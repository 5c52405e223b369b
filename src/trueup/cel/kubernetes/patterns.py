"""Parts of texts that a regular expression matches: ``'abc 123'.find('[0-9]+')``."""

from __future__ import annotations

from itertools import islice

from trueup.cel.budget import spend
from trueup.cel.registry import function
from trueup.cel.values import EvaluationError
from trueup.objects.regex import Regex, RegexError, compile_regex


@function("kubernetes", "find", "string.(string) -> string")
def find(text: str, pattern: str) -> str:
    """The first match, or an empty text."""
    return _compiled(pattern).first(text)


@function(
    "kubernetes",
    "findAll",
    "string.(string) -> list<string>",
    "string.(string, int) -> list<string>",
)
def find_all(text: str, pattern: str, limit: int = -1) -> list[str]:
    """The first ``limit`` matches; all where it is negative."""
    spend(len(text) // 16)
    return list(islice(_compiled(pattern).matches(text), limit if limit >= 0 else None))


def _compiled(pattern: str) -> Regex:
    try:
        return compile_regex(pattern)
    except RegexError as error:
        raise EvaluationError(f"Illegal regex: {error}") from error
