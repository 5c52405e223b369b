"""Shamir's secret sharing over GF(2^8): a key made of the parts of several key groups.

A part is one byte of y for each byte of the key, then the x that is common to them.
"""

from __future__ import annotations

from collections.abc import Sequence

from trueup.errors import DecryptionError

_POLYNOMIAL = 0x11B


def combine(parts: Sequence[bytes]) -> bytes:
    """The secret of which ``parts`` are enough parts; DecryptionError if they cannot be that.

    Too few parts of one secret give another one: nothing in them tells.
    """
    if len(parts) < 2 or len({len(part) for part in parts}) > 1 or len(parts[0]) < 2:
        raise DecryptionError("the parts of the data key do not fit together")
    places = [part[-1] for part in parts]
    if len(set(places)) < len(places):
        raise DecryptionError("two key groups hold the same part of the data key")
    weights = [_weight(index, places) for index in range(len(places))]
    columns = zip(*(part[:-1] for part in parts), strict=True)
    return bytes(_sum(map(_times, column, weights)) for column in columns)


def _weight(index: int, places: Sequence[int]) -> int:
    """By Lagrange: what the y at ``index`` counts for in the value at 0."""
    weight = 1
    for other, place in enumerate(places):
        if other != index:
            weight = _times(weight, _over(place, place ^ places[index]))
    return weight


def _sum(values: map[int]) -> int:
    total = 0
    for value in values:
        total ^= value
    return total


def _tables() -> tuple[list[int], list[int]]:
    """Powers of 3, which generates the field, and the logarithm to it of each number but 0."""
    powers, logarithms, value = [], [0] * 256, 1
    for exponent in range(255):
        powers.append(value)
        logarithms[value] = exponent
        value ^= value << 1
        if value > 0xFF:
            value ^= _POLYNOMIAL
    return powers, logarithms


_POWERS, _LOGARITHMS = _tables()


def _times(left: int, right: int) -> int:
    if not left or not right:
        return 0
    return _POWERS[(_LOGARITHMS[left] + _LOGARITHMS[right]) % 255]


def _over(left: int, right: int) -> int:
    if not left:
        return 0
    return _POWERS[(_LOGARITHMS[left] - _LOGARITHMS[right]) % 255]
