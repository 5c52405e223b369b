"""The protobuf wire format: bytes to field numbers and raw values.

https://protobuf.dev/programming-guides/encoding/
"""

from __future__ import annotations

from collections.abc import Iterator

_VARINT, _FIXED64, _LENGTH, _FIXED32 = 0, 1, 2, 5
_LONGEST_VARINT = 10

Raw = int | bytes
"""A varint as an unsigned number; everything else as its bytes."""


def fields(data: bytes) -> Iterator[tuple[int, Raw]]:
    """The fields of a message in the order they stand; ValueError if it is malformed."""
    at = 0
    while at < len(data):
        tag, at = _varint(data, at)
        number, kind = tag >> 3, tag & 7
        value: Raw
        if kind == _VARINT:
            value, at = _varint(data, at)
        elif kind == _LENGTH:
            size, at = _varint(data, at)
            value, at = _slice(data, at, size)
        elif kind in (_FIXED64, _FIXED32):
            value, at = _slice(data, at, 8 if kind == _FIXED64 else 4)
        else:
            raise ValueError(f"illegal wire type {kind}")
        yield number, value


def signed(value: int) -> int:
    """A varint as the two's complement number of 64 bits that it stands for."""
    return value - (1 << 64) if value >= 1 << 63 else value


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(_LONGEST_VARINT):
        if at >= len(data):
            raise ValueError("unexpected EOF")
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << (7 * shift)
        if byte < 0x80:
            return value & ((1 << 64) - 1), at
    raise ValueError("integer overflow")


def _slice(data: bytes, at: int, size: int) -> tuple[bytes, int]:
    end = at + size
    if end > len(data):
        raise ValueError("unexpected EOF")
    return data[at:end], end
