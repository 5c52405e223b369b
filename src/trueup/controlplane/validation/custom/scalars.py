"""Checks of strings and numbers against the value rules of a schema."""

from __future__ import annotations

import struct
from typing import Any

from trueup.cel.numbers import general
from trueup.controlplane.validation.causes import Cause, invalid, too_long, type_invalid
from trueup.objects.regex import RegexError, compile_regex
from trueup.schema.formats import FORMATS, normalized
from trueup.schema.node import Node

_RANGES = {"int32": 2**31, "int64": 2**63}


def check_string(node: Node, value: str, path: str) -> Cause | None:
    """The first of length and pattern that ``value`` breaks."""
    longest, shortest = node.get("maxLength"), node.get("minLength")
    if longest is not None and len(value) > longest:
        return too_long(path, longest)
    if shortest is not None and len(value) < shortest:
        return invalid(path, value, f"{path} in body should be at least {shortest} chars long")
    pattern = node.get("pattern")
    return _check_pattern(pattern, value, path) if pattern else None


def _check_pattern(pattern: str, value: str, path: str) -> Cause | None:
    try:
        if compile_regex(pattern).found_in(value):
            return None
        wanted = pattern
    except RegexError as error:
        wanted = f"{pattern}, but pattern is invalid: {error}"
    return invalid(path, value, f"{path} in body should match '{wanted}'")


def check_format(node: Node, value: str, path: str) -> Cause | None:
    name = str(node.get("format") or "")
    check = FORMATS.get(normalized(name))
    if check is None or check(value):
        return None
    shown = f'"{value}"'
    return type_invalid(path, value, f"{path} in body must be of type {name}: {shown}")


def check_number(node: Node, value: float, path: str) -> list[Cause]:
    """Every bound that ``value`` breaks: format, multipleOf, minimum, maximum."""
    found = [_out_of_range(node, value, path), _no_multiple(node, value, path)]
    found += [_beyond(node, value, path, "minimum"), _beyond(node, value, path, "maximum")]
    return [cause for cause in found if cause is not None]


def _out_of_range(node: Node, value: float, path: str) -> Cause | None:
    kind, form = node.get("type"), str(node.get("format") or "")
    if kind == "integer":
        bound = _RANGES.get(form, 2**63)
        fits = -bound <= value < bound and float(value).is_integer()
    else:
        fits = kind != "number" or form != "float" or _fits_float32(value)
    if fits:
        return None
    known = form in _RANGES or form in {"float", "double"}
    suffix = f"with format {form}" if known else "(default format)"
    detail = f"Checked value must be of type {kind} {suffix} in {path}"
    return {
        "reason": "FieldValueInvalid",
        "message": f'Invalid value: "": {detail}',
        "field": "<nil>",
    }


def _fits_float32(value: float) -> bool:
    try:
        struct.pack("f", value)
    except OverflowError:
        return False
    return True


def _no_multiple(node: Node, value: float, path: str) -> Cause | None:
    factor = node.get("multipleOf")
    if factor is None:
        return None
    factor = int(factor) if isinstance(value, int) else float(factor)
    if factor <= 0:  # of a fraction nothing is left for whole numbers
        text = f"factor MultipleOf declared for {path} must be positive: {_number(factor)}"
        return invalid(path, factor, text)
    if isinstance(value, int):
        fits = value % factor == 0
    else:
        quotient = value / factor if factor >= 1 else 1 / factor * value
        fits = abs(quotient - round(quotient)) < 1e-9 * max(1.0, abs(quotient))
    if fits:
        return None
    return invalid(path, value, f"{path} in body should be a multiple of {_number(factor)}")


def _beyond(node: Node, value: float, path: str, bound: str) -> Cause | None:
    limit: Any = node.get(bound)
    if limit is None:
        return None
    exclusive = bool(node.get(f"exclusive{bound.capitalize()}"))
    limit = int(limit) if isinstance(value, int) else float(limit)
    ahead = value > limit if bound == "maximum" else value < limit
    if not ahead and not (exclusive and value == limit):
        return None
    word = "less" if bound == "maximum" else "greater"
    rule = f"{word} than {'' if exclusive else 'or equal to '}{_number(limit)}"
    return invalid(path, value, f"{path} in body should be {rule}")


def _number(value: float) -> str:
    return str(value) if isinstance(value, int) else general(value)
