"""Reading the fields of a case. What is absent or null is empty; a wrong type is an InputError."""

from __future__ import annotations

from typing import Any, TypeVar

from trueup.errors import InputError

T = TypeVar("T", str, bool, list[Any], dict[str, Any])

_WORDS = {str: "a string", bool: "true or false", list: "a list", dict: "an object"}


def text(case: dict[str, Any], name: str) -> str:
    return _typed(case, name, "")


def boolean(case: dict[str, Any], name: str, default: bool = False) -> bool:
    return _typed(case, name, default)


def strings(case: dict[str, Any], name: str) -> list[str]:
    return [_string(item, name) for item in _typed(case, name, list[Any]())]


def string_map(case: dict[str, Any], name: str) -> dict[str, str]:
    return {key: _string(item, name) for key, item in mapping(case, name).items()}


def mapping(case: dict[str, Any], name: str) -> dict[str, Any]:
    return _typed(case, name, dict[str, Any]())


def objects(case: dict[str, Any], name: str) -> list[dict[str, Any]]:
    found = _typed(case, name, list[Any]())
    if not all(isinstance(item, dict) for item in found):
        raise InputError("an item is not an object", subject=name)
    return found


def _string(value: Any, name: str) -> str:
    if not isinstance(value, str):
        raise InputError("a value is not a string", subject=name)
    return value


def _typed(case: dict[str, Any], name: str, default: T) -> T:
    value = case.get(name)
    if value is None:
        return default
    if not isinstance(value, type(default)):
        raise InputError(f"is not {_WORDS[type(default)]}", subject=name)
    return value
