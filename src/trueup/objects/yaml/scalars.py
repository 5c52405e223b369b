"""What a plain scalar means in Kubernetes' YAML: the rules of ``sigs.k8s.io/yaml``.

That is YAML 1.1 as go-yaml v2 reads it: ``yes``, ``on`` and ``y`` are booleans, ``0644`` is octal,
``1e3`` is a number, dates and base 60 are strings.
"""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from typing import Any

from trueup.objects.yaml.memo import memo

Scalar = str | int | float | bool | None

NULLS = ("", "~", "null", "Null", "NULL")
TRUE_FALSE: dict[str, bool] = {
    word: value
    for value, names in ((True, ("true",)), (False, ("false",)))
    for name in names
    for word in (name, name.capitalize(), name.upper())
}
YES_NO: dict[str, bool] = {
    word: value
    for value, names in ((True, ("yes", "on")), (False, ("no", "off")))
    for name in names
    for word in (name, name.capitalize(), name.upper())
} | {"y": True, "Y": True, "n": False, "N": False}
SPECIAL_FLOATS: dict[str, float] = {
    word: value
    for value, names in (
        (float("inf"), (".inf", "+.inf")),
        (float("-inf"), ("-.inf",)),
        (float("nan"), (".nan",)),
    )
    for name in names
    for word in (name, name.replace("inf", "Inf"), name.replace("inf", "INF"))
} | {".NaN": float("nan"), ".NAN": float("nan")}


_WORDS: dict[str, Scalar] = {
    **dict.fromkeys(NULLS),
    **TRUE_FALSE,
    **YES_NO,
    **SPECIAL_FLOATS,
}
_INT = re.compile(
    r"[-+]?(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO][0-7]+|0[0-7]*|[1-9][0-9]*)"
    r"|0b[-+][01]+",  # go-yaml takes a sign there, too
    re.ASCII,
)
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", re.ASCII)
_DOT_FLOAT = re.compile(r"\.[0-9]+(_[0-9]+)*([eE][-+]?[0-9]+(_[0-9]+)*)?", re.ASCII)
_NUMERIC_STARTS = frozenset("-+.0123456789")
_MAX_INT = 2**64
_SAFE_INTEGER = 2**53


@memo(8192)
def resolve(text: str) -> Scalar:
    """The value of the plain scalar ``text`` (NaN and infinities are floats)."""
    if text in _WORDS:
        return _WORDS[text]
    number = parse_number(text)
    return text if number is None else number


def parse_number(text: str) -> int | float | None:
    """``text`` as a number the way go-yaml reads one, or None. ``1e3`` is a float here."""
    if text[:1] not in _NUMERIC_STARTS:
        return None
    if text[0] == "." and not _DOT_FLOAT.fullmatch(text):
        return None
    digits = text.replace("_", "")
    if len(digits) < 400 and _INT.fullmatch(digits):
        value = _parse_int(digits)
        if -(2**63) <= value < _MAX_INT:
            return value
    if _FLOAT.fullmatch(digits):
        number = float(digits)
        return None if abs(number) == float("inf") else number
    return None


def _parse_int(text: str) -> int:
    sign = -1 if text[0] == "-" else 1
    digits = text.lstrip("+-").lower()
    for prefix, base in (("0x", 16), ("0b", 2), ("0o", 8)):
        if digits.startswith(prefix):
            return sign * int(digits[2:], base)
    if digits.startswith("0"):
        return sign * int(digits, 8)
    return sign * int(digits)


def as_json_number(value: float) -> int | float:
    """Whole floats as ints, as a number has it after a trip through JSON.

    Go writes the shortest digits that are this float and fills up with zeros.
    """
    if not value.is_integer() or abs(value) >= 1e21:
        return value
    whole = int(Decimal(repr(value)))
    return whole if -(2**63) <= whole < _MAX_INT else value


def as_floats(value: Any) -> Any:
    """``value`` with each number as Go's JSON reader hands it on: as a float."""
    if isinstance(value, dict):
        return {key: as_floats(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_floats(item) for item in value]
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > _SAFE_INTEGER:
        return as_json_number(float(value))
    return value


_BASE60 = re.compile(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?", re.ASCII)
_TIMESTAMP = re.compile(
    r"(?P<date>[0-9]{4}-[0-9]{1,2}-[0-9]{1,2})"
    r"(?:(?:(?P<t>[Tt])|[ ])(?P<time>[0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2})(?:[.,](?P<part>[0-9]+))?"
    r"(?P<zone>Z|[-+][0-9]{2}:[0-9]{2})?)?",
    re.ASCII,
)


@memo(8192)
def needs_quotes(text: str) -> bool:
    """Whether ``text`` written plain would be read as something else than a string."""
    if text in _WORDS:
        return True
    if text[:1] not in _NUMERIC_STARTS:
        return False
    return (
        parse_number(text) is not None or _BASE60.fullmatch(text) is not None or is_timestamp(text)
    )


def is_timestamp(text: str) -> bool:
    """Whether go-yaml would take ``text`` for a date or a time."""
    return parse_timestamp(text) is not None


def parse_timestamp(text: str) -> str | None:
    """``text`` in the form of RFC 3339 if go-yaml would take it for a date or a time."""
    found = _TIMESTAMP.fullmatch(text)
    if found is None or (found["time"] and bool(found["t"]) != bool(found["zone"])):
        return None
    year, month, day = map(int, found["date"].split("-"))
    hour, minute, second = map(int, (found["time"] or "0:0:0").split(":"))
    try:
        moment = datetime(year or 4, month, day, hour, minute, second)
    except ValueError:
        return None
    part = (found["part"] or "")[:9].rstrip("0")
    zone = found["zone"] or "Z"
    stamp = f"{year:04d}{moment.isoformat()[4:]}"
    return f"{stamp}{'.' + part if part else ''}{'Z' if zone[1:] == '00:00' else zone}"
