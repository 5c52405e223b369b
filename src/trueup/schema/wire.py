"""The JSON form of the built-in types: what is written, what is left out, how values are spelled.

The API server reads an object into typed memory and writes it from there: unknown fields and
nulls vanish, zero values too unless the type always writes them, quantities and times come out
in one spelling. ``wire_types.json`` (made by ``scripts/wire_types``) holds, per type and field,
a presence mark and what the field holds:

====  ==========================================
``?``  left out when it has the zero value
``*``  a pointer: kept when set, even to zero
``=``  a pointer that is written as null when it is not set
``!``  always written
====  ==========================================
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from trueup.objects import Manifest
from trueup.schema.quantity import parse
from trueup.schema.times import micro_time, time

METADATA = "meta/v1.ObjectMeta"
"""The type of every object's metadata."""

Fill = Callable[[str, Manifest], None]
"""Completes one value of the named type in place, before its fields are visited."""


class Field(NamedTuple):
    """Whether a field is written when it is empty, and what it holds."""

    presence: str
    holds: str


class Wire(NamedTuple):
    """What the typed form of each built-in kind looks like."""

    kinds: Mapping[tuple[str, str], str]
    """(apiVersion, kind) -> name of the type."""
    types: Mapping[str, Mapping[str, Field]]
    written: Mapping[str, Mapping[str, Field]]
    """Of each type the fields that are written even when nobody set them."""
    named: Mapping[str, Mapping[str, str]]
    """Type -> field -> Go's name for what it holds, where that has one of its own."""
    embedded: Mapping[str, Mapping[str, str]]
    """Type -> field -> the structs that it lies in, within that type: ``VolumeSource``."""


@cache
def load() -> Wire:
    """The types of the built-in kinds that the control plane serves."""
    raw = json.loads(files(__package__).joinpath("wire_types.json").read_bytes())
    kinds = {}
    for key, name in raw["kinds"].items():
        api_version, _, kind = key.partition(" ")
        kinds[api_version, kind] = name
    types = {
        name: {field: Field(code[0], code[1:]) for field, code in fields.items()}
        for name, fields in raw["types"].items()
    }
    written = {
        name: {key: field for key, field in fields.items() if field.presence in "!="}
        for name, fields in types.items()
    }
    return Wire(kinds, types, written, raw["named"], raw["embedded"])


def normalize(obj: Manifest, type_name: str, fill: Fill) -> None:
    """Bring ``obj`` into the form that Kubernetes gives its type, calling ``fill`` on each part."""
    fields = load().types[type_name]
    for name in list(obj):
        field = fields.get(name)
        if field is None or obj[name] is None or (field.presence == "?" and is_zero(obj[name])):
            del obj[name]
    fill(type_name, obj)
    for name in list(obj):
        value = _spelled(obj[name], fields[name].holds, fill)
        if not is_zero(value) or fields[name].presence != "?":
            obj[name] = None if value == [] and not _stored_as_json(type_name) else value
        else:
            del obj[name]
    for name, field in load().written[type_name].items():
        if name not in obj:
            obj[name] = zero(field.holds, fill) if field.presence == "!" else None


def _stored_as_json(type_name: str) -> bool:
    """The other types are stored as protobuf, which knows no difference of [] and null."""
    return type_name.startswith("apiextensions/")


def is_zero(value: Any) -> bool:
    """Whether Go's encoder would call it empty: "", 0, false, [], {} and null."""
    return not value


def _spelled(value: Any, holds: str, fill: Fill) -> Any:
    leaf = _LEAVES.get(holds)
    if leaf is not None:
        return leaf(value)
    if holds.startswith("[]"):
        return _listed(value, holds[2:], fill)
    if holds.startswith("{}"):
        return _mapped(value, holds[2:], fill)
    if isinstance(value, dict):
        normalize(value, holds, fill)
    elif isinstance(value, list):
        return _listed(value, holds, fill)
    return value


def _listed(value: Any, holds: str, fill: Fill) -> Any:
    if not isinstance(value, list):
        return value
    if holds in _PLAIN:
        return (
            [_ZEROES[holds] if item is None else item for item in value] if None in value else value
        )
    return [_element(item, holds, fill) for item in value]


def _mapped(value: Any, holds: str, fill: Fill) -> Any:
    if not isinstance(value, dict):
        return value
    if holds == "quantity":
        return {key: _resource_amount(item) for key, item in value.items()}
    return {key: _element(item, holds, fill) for key, item in value.items()}


def _element(value: Any, holds: str, fill: Fill) -> Any:
    if value is None:
        return "" if holds == "bytes" else zero(holds, fill)
    return _spelled(value, holds, fill)


def zero(holds: str, fill: Fill) -> Any:
    """What is written of a type when nothing is set."""
    if holds in _ZEROES:
        return _ZEROES[holds]
    if holds.startswith(("[]", "{}")):
        return None
    empty: Manifest = {}
    normalize(empty, holds, fill)
    return empty


def _quantity(value: Any) -> Any:
    return str(parse(str(value)))


def _resource_amount(value: Any) -> Any:
    """A quantity in a list of resources: these keep three decimal places at most."""
    return str(parse(str(value)).rounded_up(3))


def _encoded(value: Any) -> Any:
    """Base64 as it is written back: line breaks inside are read over, a list of bytes is taken."""
    if isinstance(value, list):
        return b64encode(bytes(item or 0 for item in value)).decode()
    return value.replace("\n", "").replace("\r", "")


def _as_is(value: Any) -> Any:
    return value


_PLAIN = frozenset({"string", "int32", "int64", "bool", "float64", "any"})
_ZEROES: dict[str, Any] = {
    "string": "",
    "int32": 0,
    "int64": 0,
    "intorstring": 0,
    "float64": 0,
    "bool": False,
    "quantity": "0",
    "time": None,
    "microtime": None,
    "bytes": None,
    "any": None,
}
_LEAVES: dict[str, Callable[[Any], Any]] = {
    "string": _as_is,
    "int32": _as_is,
    "int64": _as_is,
    "intorstring": _as_is,
    "float64": _as_is,
    "bool": _as_is,
    "any": _as_is,
    "quantity": _quantity,
    "time": time,
    "microtime": micro_time,
    "bytes": _encoded,
}
