"""What each operator does to a value. Values are bytes, because offsets and lengths count them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, TypeAlias

from trueup.errors import SubstitutionError
from trueup.tree.glob import compile_glob

Operator: TypeAlias = Callable[..., bytes]

_INTEGER = re.compile(rb"[+-]?[0-9]+")
_LARGEST = 2**63 - 1
_UNDECODABLE = re.compile("[\udc80-\udcff]")


def text_of(value: bytes) -> str:
    """``value`` as text; each byte that belongs to no character becomes U+FFFD."""
    return _UNDECODABLE.sub("\ufffd", value.decode("utf-8", "surrogateescape"))


def _length(value: bytes) -> bytes:
    return str(len(value)).encode()


def _upper(value: bytes) -> bytes:
    return "".join(map(_upper_character, text_of(value))).encode()


def _lower(value: bytes) -> bytes:
    return "".join(map(_lower_character, text_of(value))).encode()


def _upper_first(value: bytes) -> bytes:
    text = text_of(value)
    return (_upper_character(text[:1]) + text[1:]).encode()


def _lower_first(value: bytes) -> bytes:
    text = text_of(value)
    return (_lower_character(text[:1]) + text[1:]).encode()


def _upper_character(char: str) -> str:
    """Unicode's simple mapping: one character stays one (``ß`` stays, where Python has ``SS``)."""
    return next((c for c in (char.upper(), char.title()) if len(c) == 1), char)


def _lower_character(char: str) -> str:
    return char.lower()[:1]


def _default(value: bytes, *parts: bytes) -> bytes:
    return value or b"".join(parts)


def _substring(value: bytes, offset: bytes, length: bytes | None = None) -> bytes:
    """Text that is no integer leaves the value as it is; a negative length counts from the end."""
    start = _integer(offset)
    if start is None:
        return value
    if start < 0:
        start = max(0, len(value) + start)
    if length is None:
        return value[start:]
    count = _integer(length)
    if count is None:
        return value
    end = len(value) + count if count < 0 else start + count
    if end > _LARGEST:
        raise SubstitutionError(f"substring length {count} is out of range")
    return value[start : max(start, end)]


def _integer(text: bytes) -> int | None:
    if not _INTEGER.fullmatch(text):
        return None
    number = int(text)
    return number if -_LARGEST - 1 <= number <= _LARGEST else None


def _replace_first(value: bytes, old: bytes, new: bytes = b"") -> bytes:
    return value.replace(old, new, 1)


def _replace_all(value: bytes, old: bytes, new: bytes = b"") -> bytes:
    if old:
        return value.replace(old, new)
    return (
        value.decode()
        .replace("", new.decode("utf-8", "surrogateescape"))
        .encode("utf-8", "surrogateescape")
    )


def _replace_prefix(value: bytes, old: bytes, new: bytes | None = None) -> bytes:
    """Without a replacement (``${name/#old/}``) nothing happens."""
    if new is None or not value.startswith(old):
        return value
    return new + value[len(old) :]


def _replace_suffix(value: bytes, old: bytes, new: bytes | None = None) -> bytes:
    if new is None or not value.endswith(old):
        return value
    return value[: len(value) - len(old)] + new


def _trim_shortest_prefix(value: bytes, pattern: bytes) -> bytes:
    matches = compile_glob(pattern)
    ends = (end for end in range(1, len(value) + 1) if matches(value[:end]))
    return value[next(ends, 0) :]


def _trim_longest_prefix(value: bytes, pattern: bytes) -> bytes:
    matches = compile_glob(pattern)
    ends = (end for end in range(len(value), 0, -1) if matches(value[:end]))
    return value[next(ends, 0) :]


def _trim_shortest_suffix(value: bytes, pattern: bytes) -> bytes:
    return _reversed(_trim_shortest_prefix(_reversed(value), _reversed(pattern)))


def _trim_longest_suffix(value: bytes, pattern: bytes) -> bytes:
    return _reversed(_trim_longest_prefix(_reversed(value), _reversed(pattern)))


def _reversed(value: bytes) -> bytes:
    return text_of(value)[::-1].encode()


OPERATORS: Final[dict[str, Operator]] = {
    ",": _lower_first,
    ",,": _lower,
    "^": _upper_first,
    "^^": _upper,
    "##": _trim_longest_prefix,
    "%": _trim_shortest_suffix,
    "%%": _trim_longest_suffix,
    ":": _substring,
    "/": _replace_first,
    "//": _replace_all,
    "/#": _replace_prefix,
    "/%": _replace_suffix,
}
"""Operators that read the value; ``#`` is either of two, anything else supplies a default."""

DEFAULTS: Final = frozenset({"=", ":=", ":-", ":?", ":+"})
"""Operators that stand in for a value that is not set, also where that is an error."""


def operator(sign: str, arguments: int) -> Operator:
    """The operation behind ``sign`` with that many arguments."""
    if sign == "#":
        return _trim_shortest_prefix if arguments else _length
    return OPERATORS.get(sign, _default)
