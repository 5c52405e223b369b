"""Removing what a schema does not know, and telling what that was."""

from __future__ import annotations

from typing import Any

from trueup.objects import Manifest
from trueup.schema import Schema

_EVERYWHERE = frozenset({"apiVersion", "kind", "metadata"})


def prune(obj: Manifest, schema: Schema) -> list[str]:
    """Remove unknown fields from ``obj`` in place; their paths, sorted.

    ``schema`` is that of a whole object: apiVersion, kind and metadata are never touched.
    """
    pruner = _Pruner()
    pruner.prune_map(obj, schema, "", root=True)
    return sorted(pruner.unknown)


def prune_value(value: Any, schema: Schema) -> None:
    """Remove unknown fields from ``value``, which need not be a whole object, in place."""
    _Pruner().prune(value, schema, "")


class _Pruner:
    def __init__(self) -> None:
        self.unknown: list[str] = []

    def prune(self, value: Any, schema: Schema | None, path: str) -> None:
        if isinstance(value, dict):
            self.prune_map(value, schema, path)
        elif isinstance(value, list):
            self._list(value, schema, path)

    def prune_map(
        self, value: Manifest, schema: Schema | None, path: str, *, root: bool = False
    ) -> None:
        keep_all = schema is not None and schema.preserve_unknown
        is_object = root or (schema is not None and schema.embedded_resource)
        for name in list(value):
            if is_object and name in _EVERYWHERE:
                continue
            found = schema.field(name) if schema is not None else None
            place = f"{path}.{name}" if path else name
            if found is not None:
                self.prune(value[name], found, place)
            elif not keep_all:
                self.unknown.append(place)
                del value[name]

    def _list(self, value: list[Any], schema: Schema | None, path: str) -> None:
        if schema is not None and schema.preserve_unknown and schema.items is None:
            return
        for at, item in enumerate(value):
            self.prune(item, schema.items if schema is not None else None, f"{path}[{at}]")
