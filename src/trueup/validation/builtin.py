"""Objects of Kubernetes' own kinds against the schema of one version: types, and what must be there.

Values are not shown: they may be secret. A null counts as if it were not there, as it does for the
API server.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from trueup.errors import InputError
from trueup.schema import Schema, definitions
from trueup.schema.quantity import parse
from trueup.validation.problem import FieldPath, Problem, Reason

_NAMES = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
    "object": "a mapping",
    "string": "text",
}
_PROPS = "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps"
_BITS = {"int32": 31, "int64": 63}


def problems(schema: Schema, value: Any, path: FieldPath = ()) -> Iterator[Problem]:
    """What is wrong with ``value`` at ``path``, unknown fields too."""
    if value is None:
        return
    if schema.definition.startswith(f"{_PROPS}Or"):
        yield from _schema_or_other(schema, value, path)
    elif schema.quantity or schema.int_or_string:
        yield from _number_or_text(schema, value, path)
    elif schema.type and not _is_of(schema.type, value):
        yield Problem(path, f"must be {_NAMES[schema.type]}, not {_name_of(value)}")
    elif isinstance(value, dict):
        yield from _mapping(schema, value, path)
    elif isinstance(value, list):
        for at, item in enumerate(value):
            yield from _item(schema.items, item, (*path, at))
    else:
        yield from _format(schema.format, value, path)


def _item(schema: Schema | None, item: Any, path: FieldPath) -> Iterator[Problem]:
    if schema is None:
        return
    if item is None:
        yield Problem(path, "must not be null")
    yield from problems(schema, item, path)


def _schema_or_other(schema: Schema, value: Any, path: FieldPath) -> Iterator[Problem]:
    """OpenAPI has no word for a field that holds either a schema, or a boolean or a list."""
    props = Schema({"$ref": _PROPS}, definitions())
    if isinstance(value, dict):
        yield from problems(props, value, path)
    elif isinstance(value, list) and schema.definition.endswith("OrArray"):
        for at, item in enumerate(value):
            yield from _item(props, item, (*path, at))
    elif not isinstance(value, bool | list):
        yield Problem(path, f"must be a schema, not {_name_of(value)}")


def _mapping(schema: Schema, value: dict[str, Any], path: FieldPath) -> Iterator[Problem]:
    for name in schema.required:
        if value.get(name) is None:
            yield Problem((*path, name), "is required")
    is_open = not schema.properties and schema.additional is None
    for name, item in value.items():
        field = schema.field(name)
        if field is not None:
            yield from problems(field, item, (*path, name))
        elif not is_open and not schema.preserve_unknown:
            yield Problem((*path, name), "is no field of this kind", Reason.UNKNOWN_FIELD)


def _number_or_text(schema: Schema, value: Any, path: FieldPath) -> Iterator[Problem]:
    numbers = (int, float) if schema.quantity else (int,)
    if isinstance(value, bool) or not isinstance(value, (*numbers, str)):
        wanted = "a number" if schema.quantity else "a whole number"
        yield Problem(path, f"must be {wanted} or text, not {_name_of(value)}")
    elif schema.quantity and not _is_quantity(str(value)):
        yield Problem(path, "is no quantity; write it as 100m, 1.5 or 2Gi")


def _is_quantity(text: str) -> bool:
    try:
        parse(text)
    except InputError:
        return False
    return True


def _format(name: str, value: Any, path: FieldPath) -> Iterator[Problem]:
    if name in _BITS and not -(1 << _BITS[name]) <= value < 1 << _BITS[name]:
        yield Problem(path, f"is beyond what {_BITS[name] + 1} bits hold")
    elif name == "byte" and not _is_base64(value):
        yield Problem(path, "is not base64")
    elif name == "date-time" and not _is_time(value):
        yield Problem(path, "is no time; write it as 2006-01-02T15:04:05Z")


def _is_base64(text: str) -> bool:
    try:
        base64.b64decode(text.replace("\n", "").replace("\r", ""), validate=True)
    except (binascii.Error, ValueError):
        return False
    return True


def _is_time(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def _is_of(kind: str, value: Any) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    wanted: dict[str, type | tuple[type, ...]] = {
        "array": list,
        "integer": int,
        "number": (int, float),
        "object": dict,
        "string": str,
    }
    return isinstance(value, wanted.get(kind, ()))


def _name_of(value: Any) -> str:
    if isinstance(value, bool):
        return "true or false"
    names: dict[type, str] = {dict: "a mapping", float: "a number", int: "a number", list: "a list"}
    return names.get(type(value), "text")
