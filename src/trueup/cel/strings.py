"""Functions on text: those of the standard, and of the ``strings`` extension."""

from __future__ import annotations

from typing import Any, Final

from trueup.cel.budget import spend
from trueup.cel.registry import function
from trueup.cel.values import EvaluationError
from trueup.objects.gotext import ESCAPES

_SPACE: Final = (
    "\t\n\v\f\r \x85\xa0\u1680"
    + "".join(map(chr, range(0x2000, 0x200B)))
    + "\u2028\u2029\u202f\u205f\u3000"
)
_QUOTED: Final = str.maketrans(ESCAPES)
_UPPER: Final = {code: code - 32 for code in range(ord("a"), ord("z") + 1)}
_LOWER: Final = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}


@function("standard", "contains", "string.(string) -> bool")
def contains(text: str, part: str) -> bool:
    return part in text


@function("standard", "startsWith", "string.(string) -> bool")
def starts_with(text: str, part: str) -> bool:
    return text.startswith(part)


@function("standard", "endsWith", "string.(string) -> bool")
def ends_with(text: str, part: str) -> bool:
    return text.endswith(part)


@function("strings", "charAt", "string.(int) -> string")
def char_at(text: str, at: int) -> str:
    """The empty text at the very end."""
    if not 0 <= at <= len(text):
        raise EvaluationError(f"index out of range: {at}")
    return text[at : at + 1]


@function("strings", "indexOf", "string.(string) -> int", "string.(string, int) -> int")
def index_of(text: str, part: str, start: int = 0) -> int:
    if not part:
        return start
    if start < 0:
        raise EvaluationError(f"index out of range: {start}")
    return text.find(part, start)


@function("strings", "lastIndexOf", "string.(string) -> int", "string.(string, int) -> int")
def last_index_of(text: str, part: str, last: int | None = None) -> int:
    """``last`` is the greatest index at which ``part`` may begin."""
    if not part:
        return len(text) if last is None else last
    if last is None:
        return text.rfind(part)
    if last < 0:
        raise EvaluationError(f"index out of range: {last}")
    return text.rfind(part, 0, last + len(part)) if last < len(text) else -1


@function("strings", "join", "list<string>.() -> string", "list<string>.(string) -> string")
def join(items: list[Any], separator: str = "") -> str:
    if not all(isinstance(item, str) for item in items):
        raise EvaluationError("no such overload: join() of a list that holds more than strings")
    spend(sum(map(len, items)) // 16 + len(items) * (1 + len(separator) // 16))
    return separator.join(items)


@function("strings", "lowerAscii", "string.() -> string")
def lower_ascii(text: str) -> str:
    return text.translate(_LOWER)


@function("strings", "upperAscii", "string.() -> string")
def upper_ascii(text: str) -> str:
    return text.translate(_UPPER)


@function(
    "strings",
    "replace",
    "string.(string, string) -> string",
    "string.(string, string, int) -> string",
)
def replace(text: str, old: str, new: str, limit: int = -1) -> str:
    spend((len(text) + (len(text) + 1) * len(new)) // 16)
    return text.replace(old, new, limit)


@function(
    "strings", "split", "string.(string) -> list<string>", "string.(string, int) -> list<string>"
)
def split(text: str, separator: str, limit: int = -1) -> list[str]:
    """At most ``limit`` parts; the last holds the rest."""
    if limit == 0:
        return []
    spend(len(text))
    if separator:
        return text.split(separator, limit - 1 if limit > 0 else -1)
    if 0 < limit < len(text):
        return [*text[: limit - 1], text[limit - 1 :]]
    return list(text)


@function("strings", "substring", "string.(int) -> string", "string.(int, int) -> string")
def substring(text: str, start: int, end: int | None = None) -> str:
    stop = len(text) if end is None else end
    if not 0 <= start <= len(text) or not 0 <= stop <= len(text):
        raise EvaluationError(f"index out of range: {start}, {stop}")
    if start > stop:
        raise EvaluationError(f"invalid substring range: {start}, {stop}")
    return text[start:stop]


@function("strings", "trim", "string.() -> string")
def trim(text: str) -> str:
    return text.strip(_SPACE)


@function("strings.reverse", "reverse", "string.() -> string")
def reverse(text: str) -> str:
    return text[::-1]


@function("strings", "strings.quote", "(string) -> string")
def quote(text: str) -> str:
    return f'"{text.translate(_QUOTED)}"'
