"""How Go writes and reads what ends up in Helm's messages: types, integers."""

from __future__ import annotations

import re
from typing import Any

from trueup.objects.gotext import quoted
from trueup.objects.yaml.emit import format_number

_NUMBER = re.compile(r"([+-]?)([0-9]*)(.*)", re.DOTALL)


def parse_int(text: str) -> int:
    """``strconv.Atoi``: ValueError in its words for what is no 64-bit integer."""
    sign, digits, rest = _NUMBER.fullmatch(text).groups()  # type: ignore[union-attr] # it matches all
    value = int(digits.lstrip("0")[:40] or "0")
    if value >= 2**64:  # found on the way, before what is behind
        raise ValueError(f"strconv.Atoi: parsing {quoted(text)}: value out of range")
    if rest or not digits:
        raise ValueError(f"strconv.Atoi: parsing {quoted(text)}: invalid syntax")
    value = -value if sign == "-" else value
    if not -(2**63) <= value < 2**63:
        raise ValueError(f"strconv.Atoi: parsing {quoted(text)}: value out of range")
    return value


def type_name(value: Any) -> str:
    """The name of the type that Go has for ``value``."""
    match value:
        case None:
            return "nil"
        case bool():
            return "bool"
        case int():
            return "int64"
        case float():
            return "float64"
        case str():
            return "string"
        case list():
            return "[]interface {}"
    return "map[string]interface {}"


def as_text(value: Any) -> str:
    """The text that a scalar becomes where text is due; none for null."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case float():
            return format_number(value)
    return str(value)


def json_type_name(value: Any) -> str:
    """What Go's JSON reader calls ``value`` in an error."""
    match value:
        case bool():
            return "bool"
        case int() | float():
            return "number"
        case str():
            return "string"
        case list():
            return "array"
    return "object"
