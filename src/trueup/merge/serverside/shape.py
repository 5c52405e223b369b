"""How values at one place of an object merge: the schema, seen with server-side apply's eyes.

The translation follows what the API server builds from its OpenAPI document: a place without a
type takes anything; an object without declared properties, or below
``x-kubernetes-preserve-unknown-fields``, has the shape that its value shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Final

from trueup.objects.fieldpath import ABSENT
from trueup.schema import Schema

NUMERIC, STRING, BOOLEAN, UNTYPED = "numeric", "string", "boolean", "untyped"
_SCALARS = {"integer": NUMERIC, "number": NUMERIC, "boolean": BOOLEAN}
_RAW_EXTENSION = "io.k8s.apimachinery.pkg.runtime.RawExtension"


class MapShape:
    """An object: fields that are named, and what other fields are, if there may be any."""

    def __init__(self, schema: Schema, *, keep_unknown: bool) -> None:
        self._schema = schema
        self._keep_unknown = keep_unknown
        self._fields: dict[str, Shape | None] = {}
        self.atomic = schema.map_type == "atomic"

    def named(self, name: str) -> bool:
        """Whether the schema names this field (and does not merely allow it)."""
        return name in self._schema.properties

    def field(self, name: str) -> Shape | None:
        """The shape of a field; None if there may be no such field."""
        if name not in self._fields:
            schema = self._schema.properties.get(name)
            self._fields[name] = (
                self.other if schema is None else Shape.of(schema, self._keep_unknown)
            )
        return self._fields[name]

    @cached_property
    def other(self) -> Shape | None:
        """The shape of fields that are not named."""
        declared = self._schema.node.get("additionalProperties")
        if declared is None:
            free = self._keep_unknown or not self._schema.properties
            return DEDUCED if free else None
        if declared is True:
            return DEDUCED
        additional = self._schema.additional
        return Shape.of(additional, self._keep_unknown) if additional else None

    @property
    def deduced(self) -> bool:
        """Whether nothing is declared, so that the values alone say what is where."""
        return self.other is DEDUCED and not self._schema.properties


class ListShape:
    """A list: atomic, keyed (``keys``), or a set of scalars (not atomic, no keys)."""

    def __init__(self, schema: Schema, *, keep_unknown: bool) -> None:
        self._schema = schema
        self._keep_unknown = keep_unknown
        self.atomic = schema.list_type == "atomic"
        self.keys = schema.list_keys if schema.list_type == "map" else ()

    @cached_property
    def element(self) -> Shape:
        items = self._schema.items
        return ANYTHING if items is None else Shape.of(items, self._keep_unknown)

    @cached_property
    def key_defaults(self) -> dict[str, Any]:
        """The values of keys that an item may leave out."""
        items = self._schema.items
        fields = items.properties if items is not None else {}
        found = {key: fields[key] for key in self.keys if key in fields}
        return {key: field.default for key, field in found.items() if field.has_default}


@dataclass(frozen=True, eq=False)
class Shape:
    """What may stand at a place: a scalar type, a list, a map, or any of several."""

    scalar: str | None = None
    list: ListShape | None = None
    map: MapShape | None = None

    @staticmethod
    def of(schema: Schema, keep_unknown: bool = False) -> Shape:
        if schema.quantity:
            return _ANY_SCALAR
        if schema.definition == _RAW_EXTENSION:
            return ANYTHING
        keep_unknown = keep_unknown or schema.preserve_unknown
        if schema.type == "object":
            return Shape(map=MapShape(schema, keep_unknown=keep_unknown))
        if schema.type == "array":
            return Shape(list=ListShape(schema, keep_unknown=keep_unknown))
        if schema.type == "string":
            return _STRING if schema.format in ("", "byte") else _ANY_SCALAR
        if schema.type in _SCALARS:
            return Shape(scalar=_SCALARS[schema.type])
        return Shape(
            UNTYPED,
            ListShape(schema, keep_unknown=keep_unknown),
            MapShape(schema, keep_unknown=keep_unknown),
        )

    def for_value(self, value: Any) -> Shape:
        """The one alternative that fits ``value``; all of them for null, absence or a misfit."""
        if value is None or value is ABSENT or self._has_one:
            return self
        if isinstance(value, dict):
            return self._as_map
        return self._as_list if isinstance(value, list) else self._as_scalar

    @cached_property
    def _has_one(self) -> bool:
        return [self.scalar, self.list, self.map].count(None) >= 2

    @cached_property
    def _as_map(self) -> Shape:
        return self if self.map is None else Shape(map=self.map)

    @cached_property
    def _as_list(self) -> Shape:
        return self if self.list is None else Shape(list=self.list)

    @cached_property
    def _as_scalar(self) -> Shape:
        return self if self.scalar is None else Shape(scalar=self.scalar)

    def same_alternatives(self, other: Shape) -> bool:
        return self.scalar == other.scalar and self.list is other.list and self.map is other.map


_STRING: Final = Shape(scalar=STRING)
_ANY_SCALAR: Final = Shape(scalar=UNTYPED)
_UNDECLARED: Final = Schema({})
_ATOMIC_MAP: Final = Schema({"x-kubernetes-map-type": "atomic", "additionalProperties": {}})

ANYTHING: Final = Shape(
    UNTYPED,
    ListShape(_UNDECLARED, keep_unknown=False),
    MapShape(_ATOMIC_MAP, keep_unknown=False),
)
"""Any value, as a whole."""

DEDUCED: Final = Shape(
    UNTYPED,
    ListShape(_UNDECLARED, keep_unknown=False),
    MapShape(_UNDECLARED, keep_unknown=False),
)
"""Any value: lists as a whole, objects field by field."""


@lru_cache(maxsize=512)
def shape_of(schema: Schema | None) -> Shape:
    """The shape of objects with this schema; without one, their values show it."""
    return DEDUCED if schema is None else Shape.of(schema)
