"""``text.format(list)``: ``%s %d %f %e %b %o %x %X`` and ``%%``."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from trueup.cel import times
from trueup.cel.budget import spend
from trueup.cel.numbers import plain
from trueup.cel.registry import function
from trueup.cel.values import (
    Duration,
    EvaluationError,
    Timestamp,
    TypeName,
    UInt,
    key_value,
    type_name,
)

_CLAUSE: Final = re.compile(r"%(?:(%)|(?:\.(\d+))?([sdfebxXo])|(.?))", re.DOTALL)
_MAX_PRECISION: Final = 1000


@function("strings.format", "format", "string.(list<dyn>) -> string")
def format_text(template: str, values: list[Any]) -> str:
    """Values beyond those that the template names are ignored."""
    return fill(template, values, formatted)


def fill(template: str, values: list[Any], write: Callable[[str, Any, int], str]) -> str:
    """``template`` with its clauses replaced by what ``write`` makes of verb, value, precision."""
    left = iter(values)

    def replaced(clause: re.Match[str]) -> str:
        percent, precision, verb, other = clause.groups()
        if percent:
            return "%"
        if verb is None:
            raise EvaluationError(f"unrecognized formatting clause {other!r}")
        try:
            value = next(left)
        except StopIteration:
            raise EvaluationError("index out of range: too few values to format") from None
        text = write(verb, value, min(int(precision or 6), _MAX_PRECISION))
        spend(len(text) // 16)
        return text

    return _CLAUSE.sub(replaced, template)


def verbs(template: str) -> list[str]:
    """The verbs of the clauses of ``template`` in order; EvaluationError for an unknown one."""
    found = []
    for percent, _, verb, other in _CLAUSE.findall(template):
        if not percent and not verb:
            raise EvaluationError(
                f"could not parse formatting clause: unrecognized formatting clause {other!r}"
            )
        found += [verb] if verb else []
    return found


def as_text(value: Any) -> str:
    """What ``%s`` gives; maps are sorted by the text of their keys."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return value
        case int():
            return str(int(value))
        case float():
            return _special(value) or plain(value)
        case bytes():
            return value.decode(errors="replace")
        case None:
            return "null"
        case Timestamp():
            return times.format_timestamp(replace(value, offset=0))
        case Duration():
            return times.format_duration(value)
        case TypeName():
            return value.name
        case list():
            spend(len(value))
            return f"[{', '.join(map(as_text, value))}]"
        case dict():
            spend(len(value))
            entries = sorted(
                (as_text(key_value(key)), as_text(item)) for key, item in value.items()
            )
            return f"{{{', '.join(f'{key}: {item}' for key, item in entries)}}}"
    raise EvaluationError(f"string clause cannot take {type_name(value)}")


def formatted(verb: str, value: Any, precision: int) -> str:
    if verb == "s":
        return as_text(value)
    kinds, write = _VERBS[verb]
    if type(value) not in kinds:
        raise EvaluationError(f"%{verb} cannot take {type_name(value)}")
    return write(value, precision)


def _decimal(value: float, _precision: int) -> str:
    return as_text(value)


def _fixed(value: float, precision: int) -> str:
    return _special(value) or f"{value:.{precision}f}"


def _scientific(value: float, precision: int) -> str:
    return _special(value) or f"{value:.{precision}e}"


def _hexadecimal(value: Any, _precision: int) -> str:
    if isinstance(value, str):
        return value.encode().hex()
    return value.hex() if isinstance(value, bytes) else f"{value:x}"


def _special(value: float) -> str:
    if math.isfinite(value):
        return ""
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


_INTEGERS: Final = (int, UInt)
_VERBS: Final[dict[str, tuple[tuple[type, ...], Callable[[Any, int], str]]]] = {
    "d": ((*_INTEGERS, float), _decimal),
    "f": ((*_INTEGERS, float), _fixed),
    "e": ((*_INTEGERS, float), _scientific),
    "b": ((*_INTEGERS, bool), lambda value, _precision: f"{value:b}"),
    "o": (_INTEGERS, lambda value, _precision: f"{value:o}"),
    "x": ((*_INTEGERS, str, bytes), _hexadecimal),
    "X": (
        (*_INTEGERS, str, bytes),
        lambda value, precision: _hexadecimal(value, precision).upper(),
    ),
}
