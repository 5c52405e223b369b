"""Name patterns of Argo CD's ``include`` and ``exclude``.

``*`` and ``**`` are any text, ``?`` one character, ``[a-z]``, ``[abc]`` and ``[!abc]`` one of a
class, ``{a,b}`` alternatives, which may nest; ``\\`` takes the next character as it is. A ``/`` is
nothing special.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from trueup.errors import InputError
from trueup.objects.regex import RegexError, compile_regex

_CLASS = re.compile(r"\[(!?)(?:(.)-(.)|((?:\\.|[^\]\\])+))\]", re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def compile_pattern(pattern: str) -> Callable[[str], bool]:
    """Whether a path matches all of ``pattern``, in time linear in it; InputError if malformed."""
    try:
        compiled = compile_regex(rf"(?s)\A(?:{_translated(pattern)})\z")
    except RegexError as error:
        raise _malformed(pattern, str(error)) from error
    return compiled.found_in


def _translated(pattern: str) -> str:
    parts: list[str] = []
    at = depth = 0
    while at < len(pattern):
        char = pattern[at]
        if char == "[":
            text, at = _class(pattern, at)
            parts.append(text)
            continue
        if char == "\\":
            at += 1
            char = pattern[at : at + 1]
            parts.append(re.escape(char))
        elif char == "{":
            depth += 1
            parts.append("(?:")
        elif char == "}" and depth:
            depth -= 1
            parts.append(")")
        elif char == "," and depth:
            parts.append("|")
        else:
            parts.append({"*": ".*", "?": "."}.get(char) or re.escape(char))
        at += 1
    if depth:
        raise _malformed(pattern, "a { has no }")
    return "".join(parts)


def _class(pattern: str, at: int) -> tuple[str, int]:
    found = _CLASS.match(pattern, at)
    if found is None:
        raise _malformed(pattern, "a [ has no ]")
    negated, low, high, listed = found.groups()
    members = (
        f"{re.escape(low)}-{re.escape(high)}"
        if low is not None
        else re.escape(_ESCAPED.sub(r"\1", listed))
    )
    return f"[{'^' if negated else ''}{members}]", found.end()


def _malformed(pattern: str, cause: str) -> InputError:
    return InputError(
        f"is no pattern for paths: {cause}",
        subject=pattern,
        next_step="correct it, or put a backslash before what is meant as it is",
    )
