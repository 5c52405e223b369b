"""Regular expressions of a kustomization: Go's, compiled once and bounded in length."""

from __future__ import annotations

from trueup.errors import RenderError
from trueup.objects import regex
from trueup.objects.regex import Regex, RegexError

MAX_PATTERN = 1000


def compile_regex(pattern: str) -> Regex:
    """``pattern``; RenderError if it is none, or is too long to be safe."""
    if len(pattern) > MAX_PATTERN:
        raise RenderError(
            f"a regular expression is longer than {MAX_PATTERN} characters",
            next_step="use a shorter one, or a label selector",
        )
    try:
        return regex.compile_regex(pattern)
    except RegexError as error:
        raise RenderError(str(error), next_step="correct it") from error


def full_match(pattern: str) -> Regex:
    """``pattern`` bound to both ends of the text, as targets are."""
    compile_regex(pattern)
    return compile_regex(f"^(?:{pattern})$")
