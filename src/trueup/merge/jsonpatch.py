"""JSON patches (RFC 6902), as the library applies them that kustomize and kube-apiserver use.

It is more lenient than the RFC: ``replace`` sets a field that was not there, and a path's first
part is skipped whether or not it is empty.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from trueup.errors import InputError
from trueup.objects.manifest import copy

Operation = Mapping[str, Any]

MAX_COPY = 3 * 1024 * 1024
"""Bytes that one ``copy`` may copy: a few of them on top of each other double an object each."""


def apply(document: Any, operations: Sequence[Operation]) -> Any:
    """``document``, changed in place, after all ``operations``; InputError if one fails."""
    for operation in operations:
        name = operation.get("op")
        run = _OPERATIONS.get(name) if isinstance(name, str) else None
        if run is None:
            raise InputError(
                f"unknown operation {name!r} in a JSON patch",
                next_step="use add, remove, replace, move, copy or test",
            )
        try:
            document = run(document, operation)
        except (LookupError, ValueError) as error:
            path = operation.get("path")
            raise InputError(
                f"JSON patch: cannot {name} {path}: {error.args[0] if error.args else error}",
                next_step="check the path against the object",
            ) from error
    return document


def _add(document: Any, operation: Operation) -> Any:
    container, key = _find(document, operation, "path")
    _insert(container, key, copy(operation.get("value")))
    return document


def _remove(document: Any, operation: Operation) -> Any:
    container, key = _find(document, operation, "path")
    if isinstance(container, dict):
        if key not in container:
            raise LookupError("there is no such field")
        del container[key]
    else:
        del container[_index(container, key)]
    return document


def _replace(document: Any, operation: Operation) -> Any:
    value = copy(operation.get("value"))
    if operation.get("path") == "":
        if not isinstance(value, dict | list):
            raise ValueError("the whole object can only become a mapping or a list")
        return value
    container, key = _find(document, operation, "path")
    container[key if isinstance(container, dict) else _index(container, key)] = value
    return document


def _move(document: Any, operation: Operation) -> Any:
    container, key = _find(document, operation, "from")
    value = _get(container, key)
    _remove(document, {"path": operation["from"]})
    target, name = _find(document, operation, "path")
    _insert(target, name, value)
    return document


def _copy(document: Any, operation: Operation) -> Any:
    container, key = _find(document, operation, "from")
    value = _get(container, key)
    target, name = _find(document, operation, "path")
    if len(json.dumps(value)) > MAX_COPY:
        raise ValueError(f"the value is larger than {MAX_COPY} bytes")
    _insert(target, name, copy(value))
    return document


def _test(document: Any, operation: Operation) -> Any:
    is_root = operation.get("path") == ""
    found = document if is_root else _get(*_find(document, operation, "path"))
    wanted = operation.get("value")
    if found != wanted or isinstance(found, bool) != isinstance(wanted, bool):
        raise ValueError("the value is another one")
    return document


_OPERATIONS: dict[str, Callable[[Any, Operation], Any]] = {
    "add": _add,
    "remove": _remove,
    "replace": _replace,
    "move": _move,
    "copy": _copy,
    "test": _test,
}


def _find(document: Any, operation: Operation, field: str) -> tuple[Any, str]:
    """The container that the path in ``field`` leads to, and the last name of the path."""
    path = operation.get(field)
    if not isinstance(path, str):
        raise LookupError(f"the operation has no {field}")
    parts = path.split("/")
    if len(parts) < 2:
        raise LookupError("the path has no slash")
    container = document
    for part in parts[1:-1]:
        container = _get(container, unescaped(part))
        if not isinstance(container, dict | list):
            raise LookupError(f"there is nothing below {part}")
    return container, unescaped(parts[-1])


def unescaped(part: str) -> str:
    """One part of a JSON pointer (RFC 6901) as the name that it stands for."""
    return part.replace("~1", "/").replace("~0", "~")


def _get(container: Any, key: str) -> Any:
    return container.get(key) if isinstance(container, dict) else container[_index(container, key)]


def _insert(container: Any, key: str, value: Any) -> None:
    if isinstance(container, dict):
        container[key] = value
    elif key == "-":
        container.append(value)
    else:
        container.insert(_index([*container, None], key), value)


def _index(items: list[Any], key: str) -> int:
    index = int(key)
    if not -len(items) <= index < len(items):
        raise LookupError(f"there is no element {key}")
    return index % len(items)
