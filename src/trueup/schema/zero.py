"""What Kubernetes' own types hold before anybody sets a field."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from trueup.objects import Manifest
from trueup.objects.manifest import copy
from trueup.schema.node import Schema
from trueup.schema.wire import load

_SCALARS = {"string": "", "integer": 0, "number": 0, "boolean": False}


def zero_value(schema: Schema) -> Any:
    """The value that an unset field of this schema has in the API server's memory.

    Structs are there with their own zero values, lists and maps that are always written are
    null, optional fields are absent. Empty for custom resources, which have no types.
    """
    return copy(_known(schema)) if schema.definition else {}


def zero_object(api_version: str, kind: str, schema: Schema) -> Manifest:
    """An object of a kind in which nobody has set anything: what its type in Go always writes.

    Not the lists: an empty one that somebody sends is more than none at all to Kubernetes, and is
    not told apart here.
    """
    type_name = load().kinds.get((api_version, kind))
    found: Manifest = zero_value(schema)
    return _combined(found, _plain(type_name)) if type_name else found


@cache
def _plain(type_name: str) -> Manifest:
    found: Manifest = dict(_leaves(type_name))
    for name, field in load().types[type_name].items():
        if field.presence == "!" and field.holds in _TIMES:
            found[name] = None
        elif field.presence == "!" and field.holds in load().types:
            found[name] = _plain(field.holds)
    return found


def _combined(first: Manifest, more: Manifest) -> Manifest:
    """``first``, and of ``more`` what it has not."""
    combined = {**copy(more), **first}
    for name in first.keys() & more.keys():
        if isinstance(first[name], dict) and isinstance(more[name], dict):
            combined[name] = _combined(first[name], more[name])
    return combined


@cache
def _known(schema: Schema) -> dict[str, Any]:
    """Made once per kind: schemas of built-in kinds live as long as the program."""
    return _zero_struct(schema)


def _zero_struct(schema: Schema) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for name, field in schema.properties.items():
        if field.definition:
            if field.default == {}:
                out[name] = _zero_struct(field)
            elif name in schema.required:
                out[name] = None
        elif field.type in _SCALARS and (name in schema.required or field.default in ("", 0)):
            out[name] = _SCALARS[field.type]
        elif name in schema.required:
            out[name] = None
    return out


_LEAVES = {"string": "", "bool": False, "int32": 0, "int64": 0, "float64": 0}
_TIMES = ("time", "microtime")


@cache
def _leaves(type_name: str) -> Mapping[str, Any]:
    """The fields of plain values that are written even when nobody set them."""
    return {
        name: _LEAVES[field.holds]
        for name, field in load().types.get(type_name, {}).items()
        if field.presence == "!" and field.holds in _LEAVES
    }
