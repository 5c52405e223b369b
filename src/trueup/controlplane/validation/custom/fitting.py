"""A quick yes: whether a value fits its schema, without saying what is wrong if it does not.

Nearly every write is valid, and a status can list thousands of objects. So a schema becomes one
function for each of its places, made once; ``openapi`` is asked for the complaints only where the
answer is not yes. The two must agree, which a property-based test holds them to.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeAlias

from trueup.controlplane.validation.custom.openapi import validate
from trueup.controlplane.validation.custom.scalars import check_format, check_number, check_string
from trueup.schema.formats import FORMATS, normalized
from trueup.schema.node import Node

Fits: TypeAlias = Callable[[Any], bool]

_STRING_RULES: Final = ("maxLength", "minLength", "pattern")
_NUMBER_RULES: Final = ("minimum", "maximum", "multipleOf", "format")
_HARD: Final = ("oneOf", "anyOf", "allOf", "not", "uniqueItems")
"""Rules that need the full answer of their parts."""
_INT64: Final = range(-(2**63), 2**63)


def fits(node: Node) -> Fits:
    """The check for values at the place of ``node``."""
    check = _in_full(node) if any(node.get(name) for name in _HARD) else _of_type(node)
    nullable, allowed = bool(node.get("nullable")), node.get("enum")
    if allowed:
        check = _one_of(list(allowed), check)
    return lambda value: check(value) if value is not None else nullable and not allowed


def _in_full(node: Node) -> Fits:
    return lambda value: not validate(node, value)


def _one_of(allowed: list[Any], check: Fits) -> Fits:
    return lambda value: (
        any(type(value) is type(one) and value == one for one in allowed) and check(value)
    )


def _of_type(node: Node) -> Fits:
    if node.get("x-kubernetes-int-or-string"):
        text, number = _string(node), _number(node, whole=True)
        return lambda value: text(value) or number(value)
    match node.get("type"):
        case "string":
            return _string(node)
        case "integer":
            return _number(node, whole=True)
        case "number":
            return _number(node, whole=False)
        case "boolean":
            return lambda value: type(value) is bool
        case "array":
            return _list(node)
        case "object":
            return _object(node)
    return _in_full(node)


def _string(node: Node) -> Fits:
    ruled = any(node.get(name) is not None for name in _STRING_RULES)
    formatted = normalized(str(node.get("format") or "")) in FORMATS

    def check(value: Any) -> bool:
        if type(value) is not str:
            return False
        if ruled and check_string(node, value, "") is not None:
            return False
        return not formatted or check_format(node, value, "") is None

    return check


def _number(node: Node, *, whole: bool) -> Fits:
    kinds = (int,) if whole else (int, float)
    ruled = any(node.get(name) is not None for name in _NUMBER_RULES)

    def check(value: Any) -> bool:
        if type(value) not in kinds or (whole and value not in _INT64):
            return False
        return not ruled or not check_number(node, value, "")

    return check


def _list(node: Node) -> Fits:
    items = node.get("items")
    item = fits(items) if isinstance(items, dict) else None
    least, most = node.get("minItems") or 0, node.get("maxItems")

    def check(value: Any) -> bool:
        if type(value) is not list or len(value) < least:
            return False
        if most is not None and len(value) > most:
            return False
        return item is None or all(map(item, value))

    return check


def _object(node: Node) -> Fits:
    fields = {name: fits(one) for name, one in (node.get("properties") or {}).items()}
    additional, needed = node.get("additionalProperties"), node.get("required") or ()
    other = fits(additional) if isinstance(additional, dict) else None
    closed = additional is False
    least, most = node.get("minProperties") or 0, node.get("maxProperties")

    def check(value: Any) -> bool:
        if type(value) is not dict or len(value) < least:
            return False
        if most is not None and len(value) > most:
            return False
        for name, item in value.items():
            known = fields.get(name, other)
            if (known is None and closed) or (known is not None and not known(item)):
                return False
        return all(name in value for name in needed)

    return check
