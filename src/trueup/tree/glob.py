"""Name patterns as Go's ``path.Match`` defines them; Flux's ignore rules and substitution use them.

``*`` is any run of bytes, ``?`` one character, ``[a-z]`` and ``[^a-z]`` one character of a class,
``\\`` takes the next character as it is. Names are bytes: a run may end inside of a character,
and what is left of it then counts as U+FFFD, byte by byte. Unlike in a shell, a ``/`` is nothing
special.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

REPLACEMENT = 0xFFFD
_MAGIC = frozenset(b"*?[\\")


@dataclass(frozen=True, slots=True)
class _Class:
    """``[…]``: one character that lies in one of the ranges, or in none if negated."""

    ranges: tuple[tuple[int, int], ...]
    negated: bool

    def holds(self, char: int) -> bool:
        return any(low <= char <= high for low, high in self.ranges) != self.negated


_ANY_CHARACTER = _Class((), negated=True)

_Item: TypeAlias = int | _Class
_Chunk: TypeAlias = bytes | tuple[_Item, ...]
"""What lies between two stars; plain text is bytes, which are found quickly."""


class _BadPattern(Exception):
    """The pattern is malformed: a class or an escape has no end."""


def decode(data: bytes, at: int) -> tuple[int, int]:
    """The character that begins at ``at`` and its width; U+FFFD and 1 where none does."""
    first = data[at]
    if first < 0x80:
        return first, 1
    width = 2 if first < 0xE0 else 3 if first < 0xF0 else 4
    try:
        return ord(data[at : at + width].decode()), width
    except (UnicodeDecodeError, TypeError):
        return REPLACEMENT, 1


def matches(pattern: bytes, name: bytes) -> bool:
    """Whether ``pattern`` matches all of ``name``; a malformed pattern matches nothing."""
    return compile_glob(pattern)(name)


def is_pattern(pattern: bytes) -> bool:
    """Whether ``pattern`` is well-formed."""
    try:
        _parse(pattern)
    except _BadPattern:
        return False
    return True


@lru_cache(maxsize=4096)
def compile_glob(pattern: bytes) -> Callable[[bytes], bool]:
    """``matches`` with the pattern parsed once."""
    if not _MAGIC.intersection(pattern):
        return pattern.__eq__
    suffix = pattern[1:]
    if suffix and pattern[:1] == b"*" and not _MAGIC.intersection(suffix):
        return lambda name: name.endswith(suffix)  # most patterns are of this kind
    try:
        chunks = _parse(pattern)
    except _BadPattern:
        return lambda name: False
    if all(isinstance(item, int) for chunk in chunks for item in chunk):
        texts = [bytes(item for item in chunk if isinstance(item, int)) for chunk in chunks]
        return lambda name: _match_texts(texts, name)
    return lambda name: _match(chunks, name)


def _parse(pattern: bytes) -> tuple[_Chunk, ...]:
    """The pieces between the stars."""
    chunks: list[list[_Item]] = [[]]
    at = 0
    while at < len(pattern):
        match pattern[at : at + 1]:
            case b"*":
                chunks.append([])
                at += 1
            case b"?":
                chunks[-1].append(_ANY_CHARACTER)
                at += 1
            case b"[":
                found, at = _parse_class(pattern, at + 1)
                chunks[-1].append(found)
            case b"\\":
                if at + 1 == len(pattern):
                    raise _BadPattern
                chunks[-1].append(pattern[at + 1])
                at += 2
            case _:
                chunks[-1].append(pattern[at])
                at += 1
    return tuple(map(_chunk, chunks))


def _chunk(items: list[_Item]) -> _Chunk:
    plain = [item for item in items if isinstance(item, int)]
    return bytes(plain) if len(plain) == len(items) else tuple(items)


def _parse_class(pattern: bytes, at: int) -> tuple[_Class, int]:
    negated = pattern[at : at + 1] == b"^"
    at += negated
    ranges: list[tuple[int, int]] = []
    while not ranges or pattern[at : at + 1] != b"]":
        low, at = _class_member(pattern, at)
        high = low
        if pattern[at : at + 1] == b"-":
            high, at = _class_member(pattern, at + 1)
        ranges.append((low, high))
    return _Class(tuple(ranges), negated), at + 1


def _class_member(pattern: bytes, at: int) -> tuple[int, int]:
    if pattern[at : at + 1] in (b"", b"-", b"]"):
        raise _BadPattern
    if pattern[at : at + 1] == b"\\":
        at += 1
        if at == len(pattern):
            raise _BadPattern
    char, width = decode(pattern, at)
    if (char, width) == (REPLACEMENT, 1) or at + width == len(pattern):
        raise _BadPattern
    return char, at + width


def _match_texts(texts: list[bytes], name: bytes) -> bool:
    """``_match`` where there are but stars and plain text, as in nearly all patterns."""
    first, last = texts[0], texts[-1]
    if len(texts) == 1:
        return name == first
    at, end = len(first), len(name) - len(last)
    if at > end or not name.startswith(first) or not name.endswith(last):
        return False
    for text in texts[1:-1]:
        found = name.find(text, at, end)
        if found < 0:
            return False
        at = found + len(text)
    return True


def _match(chunks: tuple[_Chunk, ...], name: bytes) -> bool:
    """The first chunk stands at the start, the last at the end, the others as early as can be."""
    at = _match_chunk(chunks[0], name, 0)
    if at is None or len(chunks) == 1:
        return at == len(name)
    for chunk in chunks[1:-1]:
        at = _find_chunk(chunk, name, at)
        if at is None:
            return False
    last = chunks[-1]
    if isinstance(last, bytes):
        return name.endswith(last, at)
    return any(_match_chunk(last, name, start) == len(name) for start in range(at, len(name)))


def _find_chunk(chunk: _Chunk, name: bytes, at: int) -> int | None:
    """Where the first match of ``chunk`` at ``at`` or behind it ends, or None."""
    if isinstance(chunk, bytes):
        found = name.find(chunk, at)
        return None if found < 0 else found + len(chunk)
    ends = (_match_chunk(chunk, name, start) for start in range(at, len(name) + 1))
    return next((end for end in ends if end is not None), None)


def _match_chunk(chunk: _Chunk, name: bytes, at: int) -> int | None:
    """Where the match of ``chunk`` at ``at`` ends, or None."""
    if isinstance(chunk, bytes):
        return at + len(chunk) if name.startswith(chunk, at) else None
    for item in chunk:
        if at >= len(name):
            return None
        if isinstance(item, int):
            if name[at] != item:
                return None
            at += 1
        else:
            char, width = decode(name, at)
            if not item.holds(char):
                return None
            at += width
    return at
