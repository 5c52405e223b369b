"""Kubernetes quantities (``1500m``, ``1Gi``, ``2e3``) in the form that the API server gives them.

The rules are those of ``k8s.io/apimachinery/pkg/api/resource``: a text that already looks
canonical is kept letter for letter, everything else is rewritten with the largest suffix that
needs no fraction, at most nine decimal places, rounded away from zero.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import ceil
from typing import Literal

from trueup.errors import InputError

Format = Literal["binary", "decimal", "exponent"]

_TEXT = re.compile(r"([+-]?)0*(\d*)(?:\.(\d*))?(.*)", re.DOTALL)
_EXPONENT = re.compile(r"[eE][+-]?\d+")
_DECIMAL = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_BINARY = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}
_DECIMAL_SUFFIX = {exponent: suffix for suffix, exponent in _DECIMAL.items()}
_BINARY_SUFFIX = {0: "", **{exponent: suffix for suffix, exponent in _BINARY.items()}}
_NANO = 10**9
_EXACT_DIGITS = 18
"""Decimal digits that always fit into an int64: up to here the original text may be kept."""
_LARGEST_BINARY = 2**63 - 1
_LONGEST = 1000
_LARGEST_EXPONENT = 1000
"""Characters and powers of ten up to which numbers are small enough to calculate with."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """An exact number, and the way in which it is written."""

    value: Fraction
    format: Format = "decimal"
    text: str = ""
    """How it was written, where Kubernetes keeps that; empty where it rewrites."""

    def __str__(self) -> str:
        return self.text or _canonical(self.value, self.format)

    def __add__(self, other: Quantity) -> Quantity:
        return Quantity(self.value + other.value, self.format if self.value else other.format)

    def rounded_up(self, places: int) -> Quantity:
        """Without more than ``places`` decimal places, away from zero."""
        shifted = self.value * 10**places
        if shifted.denominator == 1:
            return self
        return Quantity(Fraction(_away_from_zero(shifted), 10**places), self.format)


@lru_cache(maxsize=4096)
def parse(text: str) -> Quantity:
    """The quantity that ``text`` stands for; InputError if it is none."""
    match = _TEXT.fullmatch(text) if len(text) <= _LONGEST else None
    if not text or match is None:
        raise _not_a_quantity(text)
    sign, whole, places, suffix = match[1], match[2] or "0", match[3] or "", match[4]
    number = Fraction(int(whole + places), 10 ** len(places)) * (-1 if sign == "-" else 1)
    if suffix in _BINARY:
        return _binary(text, number, whole, places, _BINARY[suffix])
    if suffix in _DECIMAL:
        return _decimal(text, number, whole + places, len(places), _DECIMAL[suffix], "decimal")
    if _EXPONENT.fullmatch(suffix) and (power := int(suffix[1:])) <= _LARGEST_EXPONENT:
        power = max(power, -2 * _LONGEST)  # less than the least there is, either way
        return _decimal(text, number, whole + places, len(places), power, "exponent")
    raise _not_a_quantity(text)


def _not_a_quantity(text: str) -> InputError:
    return InputError(
        f"{text!r} is not a quantity", next_step="write a number with a suffix such as m, Mi or G"
    )


def _decimal(
    text: str, number: Fraction, digits: str, places: int, exponent: int, form: Format
) -> Quantity:
    scale = exponent - places
    value = number * Fraction(10) ** exponent
    if len(digits) <= _EXACT_DIGITS and scale >= -9:
        canonical = scale % 3 == 0 and not digits.endswith("000") and digits[0] != "0"
        return Quantity(value, form, text if canonical else "")
    return Quantity(Fraction(_away_from_zero(value * _NANO), _NANO), form)


def _binary(text: str, number: Fraction, whole: str, places: str, exponent: int) -> Quantity:
    value = number * 2**exponent
    if not places and 15 - len(whole) - int(exponent * 3 / 10) - 1 >= 0:
        return Quantity(value, "binary", text if int(whole) & 7 else "")
    value = Fraction(_away_from_zero(value * _NANO), _NANO)
    value = max(min(value, Fraction(_LARGEST_BINARY)), Fraction(-_LARGEST_BINARY))
    return Quantity(value, "decimal" if 0 < abs(value) < 1 else "binary")


def _away_from_zero(value: Fraction) -> int:
    return ceil(value) if value >= 0 else -ceil(-value)


def _canonical(value: Fraction, form: Format) -> str:
    if not value:
        return "0"
    if form == "binary" and abs(value) >= 1024 and value.denominator == 1:
        amount, exponent = _factored(int(value), 1024)
        return f"{amount}{_BINARY_SUFFIX.get(exponent * 10, '')}"
    amount, exponent = _factored(int(value * _NANO), 10)
    exponent -= 9
    while exponent % 3:
        amount, exponent = amount * 10, exponent - 1
    if form == "exponent":
        return f"{amount}e{exponent}" if exponent else str(amount)
    return f"{amount}{_DECIMAL_SUFFIX.get(exponent, '')}"


def _factored(value: int, base: int) -> tuple[int, int]:
    times = 0
    while value % base == 0:
        value, times = value // base, times + 1
    return value, times
