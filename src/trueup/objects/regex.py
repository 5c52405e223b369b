"""Regular expressions as Go reads them: RE2's syntax, in time linear in the text.

Patterns come with schemas and expressions that others wrote, so Python's own engine, which a
pattern can keep busy for ever, is no choice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

import re2

_OPTIONS: Final = re2.Options()
_OPTIONS.log_errors = False
_SINGLE_BYTE: Final = re.compile(r"(?<!\\)(?:\\\\)*\\C")
"""RE2 knows ``\\C``, Go does not."""

_GO_WORDS: Final = {
    "missing ]": "missing closing ]",
    "missing )": "missing closing )",
    "bad repetition operator": "invalid nested repetition operator",
    "invalid repetition size": "invalid repeat count",
    "no argument for repetition operator": "missing argument to repetition operator",
    "invalid perl operator": "invalid or unsupported Perl syntax",
    "trailing \\": "trailing backslash at end of expression",
    "invalid UTF-8": "invalid UTF-8",
}


class RegexError(ValueError):
    """A pattern that does not compile; the text is that of Go's compiler."""


class Regex:
    """A compiled pattern; safe to share."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        if _SINGLE_BYTE.search(pattern):
            raise RegexError(_go_text("invalid escape sequence: \\C"))
        try:
            self._compiled = re2.compile(pattern, _OPTIONS)
        except re2.error as error:
            cause = error.args[0]
            text = cause.decode(errors="replace") if isinstance(cause, bytes) else str(cause)
            raise RegexError(_go_text(text)) from error

    def found_in(self, text: str) -> bool:
        """Whether the pattern matches anywhere in ``text``."""
        return self._compiled.search(text) is not None

    def first(self, text: str) -> str:
        """The leftmost match in ``text``, or empty."""
        match = self._compiled.search(text)
        return "" if match is None else str(match.group())

    def matches(self, text: str) -> Iterator[str]:
        """All matches from left to right, none overlapping another."""
        end = -1
        for match in self._compiled.finditer(text):
            # Go leaves out an empty match right behind another one.
            if match.end() > match.start() or match.start() != end:
                yield str(match.group())
            end = match.end()


@lru_cache(maxsize=2048)
def compile_regex(pattern: str) -> Regex:
    """``pattern`` compiled; raises RegexError."""
    return Regex(pattern)


def _go_text(cause: str) -> str:
    what, colon, where = cause.partition(": ")
    shown = f"{colon}`{where}`" if where else ""
    return f"error parsing regexp: {_GO_WORDS.get(what, what)}{shown}"
