"""What an expression sees of data with a schema: static types, and values.

Only what the schema declares is there. Properties go by their escaped names; texts of the formats
``date``, ``date-time``, ``duration`` and ``byte`` are what they denote.
"""

from __future__ import annotations

from base64 import b64decode
from typing import Any, Final

from trueup.cel import types as t
from trueup.cel.escaping import escape
from trueup.cel.times import parse_duration, parse_timestamp
from trueup.cel.types import Type
from trueup.cel.values import EvaluationError, from_plain, map_key
from trueup.schema import Schema

_FORMATS: Final = {
    "byte": t.BYTES,
    "duration": t.DURATION,
    "date": t.TIMESTAMP,
    "date-time": t.TIMESTAMP,
}
_SCALARS: Final = {"string": t.STRING, "boolean": t.BOOL, "integer": t.INT, "number": t.DOUBLE}
_METADATA: Final = Type("object.metadata", fields={"name": t.STRING, "generateName": t.STRING})
_IDENTITY: Final = {"apiVersion": t.STRING, "kind": t.STRING, "metadata": _METADATA}


def type_of(schema: Schema, *, root: bool = False, path: str = "object") -> Type | None:
    """The type of a place; None where expressions can see nothing of it.

    ``root``: the place holds a whole object, of whose metadata only the name is seen.
    """
    if schema.int_or_string:
        return t.DYN
    if schema.type == "array":
        item = _below(schema.items, f"{path}.@idx")
        return None if item is None else t.list_of(item)
    if schema.type == "object":
        return _type_of_object(schema, root or schema.embedded_resource, path)
    if schema.type == "string":
        return _FORMATS.get(schema.format, t.STRING)
    return _SCALARS.get(schema.type)


def _type_of_object(schema: Schema, whole: bool, path: str) -> Type | None:
    if schema.additional is not None and not schema.properties:
        value = _below(schema.additional, f"{path}.@elem")
        return None if value is None else t.map_of(t.STRING, value)
    fields: dict[str, Type] = {}
    for name, found in schema.properties.items():
        spelled, kind = escape(name), _below(found, f"{path}.{name}")
        if spelled is not None and kind is not None:
            fields[spelled] = kind
    return Type(path, fields={**fields, **_IDENTITY} if whole else fields)


def _below(schema: Schema | None, path: str) -> Type | None:
    return None if schema is None else type_of(schema, path=path)


def value_of(schema: Schema, value: Any, like: Any = None, *, root: bool = False) -> Any:
    """``value`` as a CEL value; raises EvaluationError for what does not fit the schema.

    ``like``: the value to compare with. Sets and keyed lists come in its order, where they hold
    the same keys, since their order means nothing.
    """
    if value is None:
        if schema.nullable:
            return None
        raise EvaluationError("invalid data, got null for schema with nullable=false")
    if schema.int_or_string:
        return from_plain(value)
    if schema.type == "object" and isinstance(value, dict):
        return _object(schema, value, like, root or schema.embedded_resource)
    if schema.type == "array" and isinstance(value, list):
        return _list(schema, value, like)
    if schema.type == "string" and isinstance(value, str):
        return _text(schema.format, value)
    if schema.type == "number" and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if schema.type == "integer" and isinstance(value, float):
        return int(value)
    return from_plain(value)


def _object(schema: Schema, value: dict[str, Any], like: Any, whole: bool) -> dict[Any, Any]:
    found: dict[Any, Any] = {}
    before = like if isinstance(like, dict) else {}
    is_map = schema.additional is not None and not schema.properties
    for name, item in value.items():
        below = schema.additional if is_map else schema.properties.get(name)
        spelled = name if is_map else escape(name)
        if whole and name in _IDENTITY:
            found[name] = _names(item) if name == "metadata" else item
        elif below is not None and spelled is not None and (is_map or type_of(below) is not None):
            if item is None and not is_map:
                continue  # a null field counts as absent
            found[map_key(spelled)] = value_of(below, item, before.get(name))
    return found


def _names(metadata: Any) -> dict[str, Any]:
    return {key: metadata[key] for key in ("name", "generateName") if key in metadata}


def _list(schema: Schema, value: list[Any], like: Any) -> list[Any]:
    items = schema.items
    if items is None:
        return [from_plain(item) for item in value]
    partners = _paired(schema, value, like)
    return [value_of(items, item, other) for item, other in partners]


def _paired(schema: Schema, value: list[Any], like: Any) -> list[tuple[Any, Any]]:
    """The items with their counterparts, in the order of these where the keys are the same."""
    if schema.list_type == "atomic" or not isinstance(like, list):
        return [(item, None) for item in value]
    mine = {_identity(schema, item): item for item in value}
    other = {_identity(schema, item): item for item in like}
    if mine.keys() == other.keys() and len(mine) == len(value):
        return [(mine[key], other[key]) for key in other]
    return [(item, other.get(_identity(schema, item))) for item in value]


def _identity(schema: Schema, item: Any) -> str:
    if schema.list_keys and isinstance(item, dict):
        return repr([item.get(key) for key in schema.list_keys])
    return repr(item)


def _text(form: str, text: str) -> Any:
    if form in {"date", "date-time"}:
        return parse_timestamp(f"{text}T00:00:00Z" if form == "date" else text)
    if form == "duration":
        return parse_duration(text)
    if form == "byte":
        return b64decode(text)
    return text
