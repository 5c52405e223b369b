"""``text.format(list)`` as Kubernetes has it: the older rules of cel-go's strings library.

Texts within lists and maps are quoted, fixed-point numbers have separators of thousands, an
exponent is written as a power of ten, and ``%f`` and ``%e`` take doubles only.
"""

from __future__ import annotations

import json
import math
from typing import Any, Final

from trueup.cel import formatting
from trueup.cel.budget import spend
from trueup.cel.registry import function
from trueup.cel.values import Duration, EvaluationError, Timestamp, UInt, key_value, type_name

_SUPERSCRIPTS: Final = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_WANTED: Final = {
    "d": ("decimal", "integers", ("int", "uint")),
    "f": ("fixed-point", "doubles", ("double",)),
    "e": ("scientific", "doubles", ("double",)),
    "b": ("binary", "integers and bools", ("int", "uint", "bool")),
    "o": ("octal", "integers", ("int", "uint")),
    "x": ("hex", "integers, byte buffers, and strings", ("int", "uint", "string", "bytes")),
    "X": ("hex", "integers, byte buffers, and strings", ("int", "uint", "string", "bytes")),
}


@function("kubernetes", "format", "string.(list<dyn>) -> string")
def format_text(template: str, values: list[Any]) -> str:
    """Values beyond those that the template names are ignored."""
    return formatting.fill(template, values, _formatted)


def problem_of(verb: str, kind: str) -> str:
    """Why a value of type ``kind`` cannot stand for ``verb``; empty if it can, or may."""
    if verb == "s" or kind in (*_WANTED[verb][2], "dyn"):
        return ""
    clause, wanted, _ = _WANTED[verb]
    return (
        f"error during formatting: {clause} clause can only be used on {wanted}, was given {kind}"
    )


def _formatted(verb: str, value: Any, precision: int) -> str:
    if verb == "s":
        return as_text(value)
    if problem := problem_of(verb, type_name(value)):
        raise EvaluationError(problem)
    if verb == "f":
        return _fixed(value, precision)
    return _scientific(value) if verb == "e" else formatting.formatted(verb, value, 0)


def as_text(value: Any) -> str:
    """What ``%s`` gives."""
    if isinstance(value, list):
        spend(len(value))
        return f"[{', '.join(map(_within, value))}]"
    if isinstance(value, dict):
        spend(len(value))
        entries = sorted(f"{_within(key_value(k))}:{_within(v)}" for k, v in value.items())
        return f"{{{', '.join(entries)}}}"
    return formatting.as_text(value)


def _within(value: Any) -> str:
    """A value as an item of a list or map."""
    match value:
        case str():
            return json.dumps(value, ensure_ascii=False)
        case bytes():
            return f"b{json.dumps(value.decode(errors='replace'), ensure_ascii=False)}"
        case Timestamp():
            return f'timestamp("{formatting.as_text(value)}")'
        case Duration():
            return f'duration("{formatting.as_text(value)}")'
        case float():
            text = _fixed(value, 6)
            return text if math.isfinite(value) else f'"{text}"'
        case bool() | UInt() | int() | None:
            return formatting.as_text(value)
    return as_text(value)


def _special(value: float) -> str:
    if math.isfinite(value):
        return ""
    return "NaN" if math.isnan(value) else "∞" if value > 0 else "-∞"


def _fixed(value: float, precision: int) -> str:
    return _special(value) or f"{value:,.{precision}f}"


def _scientific(value: float) -> str:
    """Whatever the precision, six digits: the older rules read it as a width."""
    if special := _special(value):
        return special
    mantissa, _, power = f"{value:.6e}".partition("e")
    sign = "-" if power[0] == "-" else ""
    return f"{mantissa}×10{(sign + power[1:].zfill(2)).translate(_SUPERSCRIPTS)}"
