"""Fields of protobuf messages as bytes, and how to write what lies in them.

https://protobuf.dev/programming-guides/encoding/
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

Write: TypeAlias = Callable[[int, Any], bytes]
"""A field of this number that holds this value, whole."""

_VARINT, _FIXED64, _LENGTH = 0, 1, 2


def text(number: int, value: str) -> bytes:
    return delimited(number, value.encode())


def flag(number: int, value: bool) -> bytes:
    return _varint(number << 3 | _VARINT) + _varint(int(value))


def count(number: int, value: int) -> bytes:
    return _varint(number << 3 | _VARINT) + _varint(value & ((1 << 64) - 1))


def double(number: int, value: float) -> bytes:
    return _varint(number << 3 | _FIXED64) + struct.pack("<d", value)


def delimited(number: int, content: bytes) -> bytes:
    return _varint(number << 3 | _LENGTH) + _varint(len(content)) + content


def many(write: Write) -> Write:
    """A repeated field."""
    return lambda number, values: b"".join(write(number, value) for value in values)


def within(inner: int, write: Write) -> Write:
    """A message with nothing but the field ``inner``."""
    return lambda number, value: delimited(number, write(inner, value))


def named(write: Write, at: int = 1) -> Write:
    """A mapping: a message that repeats, ``at`` a number, messages of a name (1) and a value (2)."""

    def all_of(number: int, values: Mapping[str, Any]) -> bytes:
        pairs = (text(1, name) + write(2, value) for name, value in values.items())
        return delimited(number, b"".join(delimited(at, pair) for pair in pairs))

    return all_of


def _varint(value: int) -> bytes:
    written = bytearray()
    while value >= 0x80:
        written.append(value & 0x7F | 0x80)
        value >>= 7
    written.append(value)
    return bytes(written)
