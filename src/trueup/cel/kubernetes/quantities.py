"""Quantities: ``quantity('500m')``, as resource requests are written."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fractions import Fraction
from typing import ClassVar, Final

from trueup.cel.registry import function
from trueup.cel.values import INT64, EvaluationError

_TYPE: Final = "kubernetes.Quantity"
_SYNTAX: Final = re.compile(
    r"([+-]?)(\d+\.?\d*|\.\d+)(?:([eE][+-]?\d+)|([numkMGTPE]|[KMGTPE]i|))", re.ASCII
)
_NANO: Final = 10**9
_MAX: Final = Fraction(2**63 - 1)
_DECIMAL: Final = {
    "n": -9,
    "u": -6,
    "m": -3,
    "": 0,
    "k": 3,
    "M": 6,
    "G": 9,
    "T": 12,
    "P": 15,
    "E": 18,
}
_BINARY: Final = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}
_MAX_EXPONENT: Final = 1000
_MAX_DIGITS: Final = 18


@dataclass(frozen=True, slots=True)
class Quantity:
    """``scale`` is the power of ten that Kubernetes counts the value in; None: an exact decimal.

    Only what is counted in ones or more is an integer to it: ``1`` is, ``1000m`` and ``1.5Gi`` are not.
    """

    value: Fraction
    scale: int | None = field(default=0, compare=False)
    cel_type: ClassVar[str] = _TYPE


def parse(text: str) -> Quantity:
    """Finer than nano rounds away from zero; binary ones beyond 64 bits count as the greatest."""
    match = _SYNTAX.fullmatch(text)
    if match is None:
        raise EvaluationError(f"{text!r} is no quantity")
    sign, digits, exponent, suffix = match.groups()
    value = Fraction(digits.rstrip(".")) * _scale(exponent, suffix)
    nano = value * _NANO
    rounded = Fraction(-(-nano.numerator // nano.denominator), _NANO)
    if suffix in _BINARY:
        rounded = min(rounded, _MAX)
    return Quantity(rounded * (-1 if sign == "-" else 1), _counted_in(digits, exponent, suffix))


def _counted_in(digits: str, exponent: str | None, suffix: str) -> int | None:
    whole, _, part = digits.partition(".")
    whole = whole.lstrip("0") or "0"
    if suffix in _BINARY:
        room = 14 - len(whole) - _BINARY[suffix] * 3 // 10
        return 0 if room >= 0 and not part else None
    scale = (int(exponent[1:]) if exponent else _DECIMAL[suffix]) - len(part)
    return scale if len(whole) + len(part) <= _MAX_DIGITS and scale >= -9 else None


def _scale(exponent: str | None, suffix: str) -> Fraction:
    if suffix in _BINARY:
        return Fraction(2 ** _BINARY[suffix])
    power = int(exponent[1:]) if exponent else _DECIMAL[suffix]
    if abs(power) > _MAX_EXPONENT:
        raise EvaluationError(f"exponent {power} is out of range")
    return Fraction(10) ** power


@function("kubernetes", "quantity", "(string) -> kubernetes.Quantity")
def quantity(text: str) -> Quantity:
    return parse(text)


@function("kubernetes", "isQuantity", "(string) -> bool")
def is_quantity(text: str) -> bool:
    try:
        parse(text)
    except EvaluationError:
        return False
    return True


@function("kubernetes", "sign", "(kubernetes.Quantity) -> int")
def sign(this: Quantity) -> int:
    return (this.value > 0) - (this.value < 0)


@function("kubernetes", "isGreaterThan", "kubernetes.Quantity.(kubernetes.Quantity) -> bool")
def is_greater(this: Quantity, other: Quantity) -> bool:
    return this.value > other.value


@function("kubernetes", "isLessThan", "kubernetes.Quantity.(kubernetes.Quantity) -> bool")
def is_less(this: Quantity, other: Quantity) -> bool:
    return this.value < other.value


@function("kubernetes", "compareTo", "kubernetes.Quantity.(kubernetes.Quantity) -> int")
def compare_to(this: Quantity, other: Quantity) -> int:
    return (this.value > other.value) - (this.value < other.value)


@function("kubernetes", "asApproximateFloat", "kubernetes.Quantity.() -> double")
def as_float(this: Quantity) -> float:
    return float(this.value)


@function("kubernetes", "isInteger", "kubernetes.Quantity.() -> bool")
def is_integer(this: Quantity) -> bool:
    return this.scale is not None and this.scale >= 0 and this.value.numerator in INT64


@function("kubernetes", "asInteger", "kubernetes.Quantity.() -> int")
def as_integer(this: Quantity) -> int:
    if not is_integer(this):
        raise EvaluationError("cannot convert value to integer")
    return this.value.numerator


@function("kubernetes", "add", "kubernetes.Quantity.(kubernetes.Quantity) -> kubernetes.Quantity")
def add(this: Quantity, other: Quantity) -> Quantity:
    scales = (this.scale, other.scale)
    if not this.value or not other.value:
        scale = other.scale if not this.value else this.scale
    else:
        scale = None if scales[0] is None or scales[1] is None else min(scales[0], scales[1])
    return Quantity(this.value + other.value, scale)


@function("kubernetes", "add", "kubernetes.Quantity.(int) -> kubernetes.Quantity")
def add_integer(this: Quantity, other: int) -> Quantity:
    return add(this, Quantity(Fraction(other)))


@function("kubernetes", "sub", "kubernetes.Quantity.(kubernetes.Quantity) -> kubernetes.Quantity")
def subtract(this: Quantity, other: Quantity) -> Quantity:
    return add(this, Quantity(-other.value, other.scale))


@function("kubernetes", "sub", "kubernetes.Quantity.(int) -> kubernetes.Quantity")
def subtract_integer(this: Quantity, other: int) -> Quantity:
    return add(this, Quantity(Fraction(-other)))
