"""Floating-point numbers as text, as Go writes them."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Final

_EXPONENT_FROM: Final = 6


def general(value: float) -> str:
    """The shortest text that reads back as ``value`` (Go's ``%g``): ``1.5``, ``1e+06``."""
    if not math.isfinite(value):
        return _special(value)
    sign, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    assert isinstance(exponent, int)
    place = len(digits) + exponent - 1
    if value and (place < -4 or place >= _EXPONENT_FROM):
        text = "".join(map(str, digits))
        mantissa = text[0] + ("." + text[1:] if text[1:] else "")
        return f"{'-' if sign else ''}{mantissa}e{'-' if place < 0 else '+'}{abs(place):02}"
    return plain(value)


def plain(value: float) -> str:
    """The shortest text without an exponent (Go's ``%f`` of shortest precision)."""
    if not math.isfinite(value):
        return _special(value)
    text = format(Decimal(repr(value)), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _special(value: float) -> str:
    return "NaN" if math.isnan(value) else "+Inf" if value > 0 else "-Inf"
