"""Numbers, moments and truth values as Go reads and writes them."""

from __future__ import annotations

import math
import re
from datetime import date
from decimal import Decimal
from typing import Literal

MIN_INT, MAX_INT = -(2**63), 2**63 - 1

TRUE_WORDS = frozenset({"1", "t", "T", "TRUE", "true", "True"})
FALSE_WORDS = frozenset({"0", "f", "F", "FALSE", "false", "False"})

_INT = re.compile(r"[-+]?[0-9]+", re.ASCII)
_FLOAT = re.compile(
    r"[-+]?(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?|(?i:inf|infinity|nan))", re.ASCII
)
_TIME = re.compile(
    r"(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})T(?P<hour>[0-9]{2}):(?P<rest>[0-9]{2}:[0-9]{2})"
    r"(?:[.,](?P<part>[0-9]+))?(?P<zone>Z|[-+][0-9]{2}:[0-9]{2})",
    re.ASCII,
)
_LONGEST = 400


def parse_int(text: str) -> int:
    """``text`` as a 64-bit number; ValueError if it is none."""
    if len(text) > _LONGEST or not _INT.fullmatch(text) or not fits(int(text)):
        raise ValueError("is no whole number of 64 bits")
    return int(text)


def fits(number: int) -> bool:
    return MIN_INT <= number <= MAX_INT


def parse_float(text: str) -> float:
    """``text`` as a float; ValueError if it is none, or beyond what a float holds."""
    if not _FLOAT.fullmatch(text):
        raise ValueError("is no number")
    value = float(text)
    if math.isinf(value) and "n" not in text.lower():
        raise ValueError("is beyond what a float holds")
    return value


def parse_bool(text: str) -> bool:
    if text not in TRUE_WORDS | FALSE_WORDS:
        raise ValueError("is neither true nor false")
    return text in TRUE_WORDS


def parse_time(text: str) -> str:
    """``text`` in the one form that Go writes; ValueError unless it is RFC 3339."""
    found = _TIME.fullmatch(text)
    if found is None or int(found["hour"]) > 23 or max(map(int, found["rest"].split(":"))) > 59:
        raise ValueError("is no moment as RFC 3339 writes it")
    date.fromisoformat(found["date"].replace("0000", "2000", 1))
    part = (found["part"] or "")[:9].rstrip("0")
    zone = "Z" if found["zone"][1:] == "00:00" else found["zone"]
    return f"{found['date']}T{found['hour']}:{found['rest']}{'.' + part if part else ''}{zone}"


def without_fraction(moment: str) -> str:
    """``moment``, as ``parse_time`` gives it, in whole seconds."""
    return re.sub(r"\.[0-9]+", "", moment)


def format_float(value: float, form: Literal["f", "g", "G", "json"]) -> str:
    """The shortest digits that are ``value``, as Go's ``strconv`` lays them out.

    ``json`` is the form of ``encoding/json``, which has none for what is not finite.
    """
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else f"{'+' if value > 0 else '-'}Inf"
    sign, digits, point = _digits(value)
    power = point - 1
    if form == "f" or not _is_scientific(power, form, value):
        return sign + _plain(digits, point)
    mantissa = digits[0] + (f".{digits[1:]}" if len(digits) > 1 else "")
    width = 1 if form == "json" and power < 0 else 2
    letter = "E" if form == "G" else "e"
    return f"{sign}{mantissa}{letter}{'-' if power < 0 else '+'}{abs(power):0{width}d}"


def _is_scientific(power: int, form: str, value: float) -> bool:
    if form == "json":
        return value != 0 and (power < -6 or power >= 21)
    return power < -4 or power >= 6


def _digits(value: float) -> tuple[str, str, int]:
    """Sign, digits without zeros around them, and where among them the point is."""
    sign, digits, exponent = Decimal(repr(value)).as_tuple()
    assert isinstance(exponent, int)
    text = "".join(map(str, digits))
    shown = text.rstrip("0")
    if not shown:
        return "-" * sign, "0", 1
    return "-" * sign, shown, len(text) + exponent


def _plain(digits: str, point: int) -> str:
    if point <= 0:
        return f"0.{'0' * -point}{digits}"
    if point >= len(digits):
        return digits + "0" * (point - len(digits))
    return f"{digits[:point]}.{digits[point:]}"
