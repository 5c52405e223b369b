"""One cause of a refusal: what is wrong at one field, in the form and words of Kubernetes.

A cause is ``{"reason", "message", "field"}``, an entry of a Status's ``details.causes``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any, Final, TypeAlias

from trueup.cel.numbers import general
from trueup.objects.gotext import quoted

Cause: TypeAlias = dict[str, Any]

NOWHERE: Final = "<nil>"
"""The field of a cause that is about the object as a whole."""
OMITTED: Final = object()
"""A value that a message does not show."""
IMMUTABLE: Final = "field is immutable"


class Struct(dict[str, Any]):
    """A value whose fields a message shows in their own order."""


def required(path: str, detail: str = "") -> Cause:
    return _cause("FieldValueRequired", path, "Required value", detail)


def invalid(path: str, value: Any, detail: str) -> Cause:
    return _cause("FieldValueInvalid", path, _with("Invalid value", value), detail)


def type_invalid(path: str, value: Any, detail: str) -> Cause:
    return _cause("FieldValueTypeInvalid", path, _with("Invalid value", value), detail)


def unsupported(path: str, value: Any, values: Sequence[str]) -> Cause:
    """``value`` is none of ``values``."""
    listed = ", ".join(quoted(str(one)) for one in values)
    detail = f"supported values: {listed}" if listed else ""
    return _cause("FieldValueNotSupported", path, f"Unsupported value: {shown(value)}", detail)


def duplicate(path: str, value: Any) -> Cause:
    return _cause("FieldValueDuplicate", path, _with("Duplicate value", value), "")


def not_found(path: str, value: Any) -> Cause:
    return _cause("FieldValueNotFound", path, f"Not found: {shown(value)}", "")


def forbidden(path: str, detail: str) -> Cause:
    return _cause("FieldValueForbidden", path, "Forbidden", detail)


def too_long(path: str, limit: int, unit: str = "byte") -> Cause:
    plural = unit if limit == 1 else f"{unit}s"
    return _cause("FieldValueTooLong", path, "Too long", f"may not be more than {limit} {plural}")


def too_many(path: str, actual: int, limit: int) -> Cause:
    items = "item" if limit == 1 else "items"
    detail = f"must have at most {limit} {items}"
    return _cause("FieldValueTooMany", path, f"Too many: {actual}", detail)


def each(path: str, value: Any, problems: Iterable[str]) -> list[Cause]:
    """``value`` is invalid for each of ``problems``."""
    return [invalid(path, value, problem) for problem in problems]


def immutable(path: str, new: Any, old: Any, detail: str = IMMUTABLE) -> list[Cause]:
    """A cause if ``new`` is another value than ``old``."""
    return [] if new == old else [invalid(path, new, detail)]


def child(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def below(path: str, key: str | int) -> str:
    """The path of an item, or of a map's entry."""
    return f"{path}[{key}]"


def shown(value: Any) -> str:
    """``value`` as a message shows it."""
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, float):
        return general(value)
    text = json.dumps(_ordered(value), separators=(",", ":"), ensure_ascii=False)
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def _ordered(value: Any) -> Any:
    """``value`` with the keys of maps in the order of Go, which sorts them."""
    if isinstance(value, dict):
        names = value if isinstance(value, Struct) else sorted(value)
        return {name: _ordered(value[name]) for name in names}
    return [_ordered(item) for item in value] if isinstance(value, list) else value


def _with(what: str, value: Any) -> str:
    return what if value is OMITTED else f"{what}: {shown(value)}"


def _cause(reason: str, path: str, what: str, detail: str) -> Cause:
    message = f"{what}: {detail}" if detail else what
    return {"reason": reason, "message": message, "field": path or NOWHERE}
