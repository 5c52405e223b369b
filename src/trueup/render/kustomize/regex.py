"""Regular expressions as Go reads them, compiled once and bounded."""

from __future__ import annotations

import re
from functools import lru_cache

from trueup.errors import RenderError

MAX_PATTERN = 1000

_POSIX = {
    "alnum": "a-zA-Z0-9",
    "alpha": "a-zA-Z",
    "ascii": r"\x00-\x7f",
    "blank": r"\t ",
    "cntrl": r"\x00-\x1f\x7f",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": r"!-/:-@\[-`{-~",
    "space": r"\t\n\v\f\r ",
    "upper": "A-Z",
    "word": "0-9A-Za-z_",
    "xdigit": "0-9A-Fa-f",
}
_GO_ONLY = re.compile(r"\\z|\[:(\w+):\]|\(\?<(?![=!])|\$")


@lru_cache(maxsize=1024)
def compile_regex(pattern: str) -> re.Pattern[str]:
    """``pattern`` for ``search``; RenderError if it is none, or is too long to be safe."""
    if len(pattern) > MAX_PATTERN:
        raise RenderError(
            f"a regular expression is longer than {MAX_PATTERN} characters",
            next_step="use a shorter one, or a label selector",
        )
    try:
        return re.compile(_translate(pattern), re.ASCII)
    except (re.error, RecursionError, OverflowError) as error:
        raise RenderError(
            f"invalid regular expression {pattern!r}: {error}", next_step="correct it"
        ) from error


@lru_cache(maxsize=1024)
def full_match(pattern: str) -> re.Pattern[str]:
    """``pattern`` bound to both ends of the text, as targets are."""
    compile_regex(pattern)
    return compile_regex(f"^(?:{pattern})$")


def _translate(pattern: str) -> str:
    """Go's syntax in Python's; ``$`` is the very end there, not before a last newline."""
    out = []
    position = 0
    while position < len(pattern):
        if pattern[position] == "\\" and pattern[position : position + 2] != "\\z":
            out.append(pattern[position : position + 2])
            position += 2
            continue
        found = _GO_ONLY.match(pattern, position)
        if found is None:
            out.append(pattern[position])
            position += 1
            continue
        out.append(_python_form(found))
        position = found.end()
    return "".join(out)


def _python_form(found: re.Match[str]) -> str:
    if found[1]:
        return _POSIX.get(found[1], found[0])
    return r"(?P<" if found[0].startswith("(") else r"\Z"
