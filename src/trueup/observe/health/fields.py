"""Reading fields of an object whose shape nobody has checked.

Two manners, because kstatus has two. ``text_or`` and ``number_or`` fall back where a field is
absent or of another type. ``text``, ``number``, ``items`` and ``conditions`` give None (or an
empty list) where it is absent and raise InputError where it is of another type.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple, TypeGuard

from trueup.errors import InputError

INT64: Final = range(-(2**63), 2**63)
_ABSENT: Final = object()


class Condition(NamedTuple):
    """One condition as an object has it; what is missing is empty."""

    type: str = ""
    status: str = ""
    reason: str = ""
    message: str = ""


def text_or(obj: Mapping[str, Any], path: str, default: str = "") -> str:
    found = _leniently(obj, path)
    return found if isinstance(found, str) else default


def number_or(obj: Mapping[str, Any], path: str, default: int) -> int:
    found = _leniently(obj, path)
    return found if _is_integer(found) else default


def text(obj: Mapping[str, Any], path: str) -> str | None:
    found = _strictly(obj, path)
    if found is _ABSENT:
        return None
    if not isinstance(found, str):
        raise _wrong_type(path, found, "a string")
    return found


def number(obj: Mapping[str, Any], path: str) -> int | None:
    found = _strictly(obj, path)
    if found is _ABSENT:
        return None
    if not _is_integer(found):
        raise _wrong_type(path, found, "an integer")
    return found


def items(obj: Mapping[str, Any], path: str) -> list[Any]:
    found = _strictly(obj, path)
    if found is _ABSENT:
        return []
    if not isinstance(found, list):
        raise _wrong_type(path, found, "a list")
    return found


def conditions(obj: Mapping[str, Any]) -> list[Condition]:
    """``status.conditions``; null counts as absent at every level."""
    status = obj.get("status")
    if status is None:
        return []
    found = expect_map("status", status).get("conditions")
    if found is None:
        return []
    if not isinstance(found, list):
        raise _wrong_type("status.conditions", found, "a list")
    return [_condition(item) for item in found]


def expect_map(path: str, value: object) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise _wrong_type(path, value, "a map")
    return value


def expect_text(path: str, value: object) -> str:
    if not isinstance(value, str):
        raise _wrong_type(path, value, "a string")
    return value


def _condition(item: object) -> Condition:
    if item is None:
        return Condition()
    path = "status.conditions[]"
    entry = expect_map(path, item)
    values = ((name, entry.get(name)) for name in Condition._fields)
    return Condition(*("" if v is None else expect_text(f"{path}.{n}", v) for n, v in values))


def _leniently(obj: Mapping[str, Any], path: str) -> object:
    try:
        return _strictly(obj, path)
    except InputError:
        return _ABSENT


def _strictly(obj: Mapping[str, Any], path: str) -> Any:
    """The value at ``path``, ``_ABSENT`` where it or a parent is missing or a parent is null."""
    value: Any = obj
    for name in path.split("."):
        if value is None:
            return _ABSENT
        value = expect_map(path, value).get(name, _ABSENT)
        if value is _ABSENT:
            return _ABSENT
    return value


def _is_integer(value: object) -> TypeGuard[int]:
    """JSON numbers beyond 64 bits, or with a fraction, are floats to Kubernetes."""
    return type(value) is int and value in INT64


def _wrong_type(path: str, value: object, wanted: str) -> InputError:
    return InputError(f"{path} is {type(value).__name__}, not {wanted}")
