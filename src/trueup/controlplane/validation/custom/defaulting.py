"""Filling in the defaults of a schema, from the outside in."""

from __future__ import annotations

from typing import Any

from trueup.objects import Manifest
from trueup.objects.manifest import copy
from trueup.schema import Schema


def apply_defaults(obj: Manifest, schema: Schema, *, keeps_nulls: bool = False) -> None:
    """Complete ``obj`` in place; doing it again changes nothing.

    A null where the schema allows none counts as absent: it gives way to a default, and goes where
    there is none. Defaults apply within objects that are there, so that a default inside an absent
    object does not create it, but the default of the object itself does, and is completed.
    ``keeps_nulls``: where there is no default the null stays, for validation to refuse.
    """
    if not keeps_nulls:
        _drop_nulls(obj, schema)
    _fill(obj, schema)


def _drop_nulls(value: Any, schema: Schema | None) -> None:
    if schema is None:
        return
    if isinstance(value, dict):
        for name in list(value):
            found = schema.field(name)
            if found is None:
                continue
            if _is_misplaced_null(value[name], found) and found.default is None:
                del value[name]
            else:
                _drop_nulls(value[name], found)
    elif isinstance(value, list):
        for item in value:
            _drop_nulls(item, schema.items)


def _fill(value: Any, schema: Schema | None) -> None:
    if schema is None:
        return
    if isinstance(value, dict):
        _fill_map(value, schema)
    elif isinstance(value, list):
        for at, item in enumerate(value):
            if _is_misplaced_null(item, schema.items):
                value[at] = copy(schema.items.default) if schema.items else None
            _fill(value[at], schema.items)


def _fill_map(value: Manifest, schema: Schema) -> None:
    for name, found in schema.properties.items():
        if found.default is not None and (
            name not in value or _is_misplaced_null(value[name], found)
        ):
            value[name] = copy(found.default)
    for name in value:
        if name in schema.properties:
            _fill(value[name], schema.properties[name])
        elif schema.additional is not None:
            if _is_misplaced_null(value[name], schema.additional):
                value[name] = copy(schema.additional.default)
            _fill(value[name], schema.additional)


def _is_misplaced_null(value: Any, schema: Schema | None) -> bool:
    return value is None and schema is not None and not schema.nullable
