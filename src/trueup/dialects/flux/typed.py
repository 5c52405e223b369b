"""Data read the way ``sigs.k8s.io/yaml`` fills Go structs, and written back without what is empty.

Unlike kustomize itself, Flux forgets fields that it does not know, and takes a number or a
boolean for a string.
"""

from __future__ import annotations

import dataclasses
import typing
from functools import cache
from typing import Any, Final, TypeVar

from trueup.objects.yaml.emit import format_number
from trueup.render.kustomize import kustomization as kustomize
from trueup.render.kustomize.decoding import decode

T = TypeVar("T")

_ID: Final = frozenset({"group", "version", "kind", "name", "namespace"})
_INLINE: Final[dict[type, frozenset[str]]] = {
    kustomize.Kustomization: frozenset({"apiversion", "kind"}),
    kustomize.GeneratorArgs: frozenset(
        {"name", "namespace", "behavior", "literals", "files", "envs", "env", "options"}
    ),
    kustomize.SecretArgs: frozenset(
        {"name", "namespace", "behavior", "literals", "files", "envs", "env", "options"}
    ),
    kustomize.Selector: _ID,
    kustomize.Source: _ID,
    kustomize.ObjectReference: frozenset({"group", "version", "kind"}),
    kustomize.FieldSpecArgs: frozenset({"group", "version", "kind"}),
    kustomize.Replacement: frozenset({"source", "targets", "sourcevalue"}),
}
"""Fields of embedded structs: the conversion to strings overlooks them."""


def read(cls: type[T], value: Any, source: str) -> T:
    """``value`` as the dataclass ``cls``; RenderError names a field of another type."""
    return decode(cls, _with_strings(value, cls), source, strict=False)


def plain(value: Any) -> Any:
    """A dataclass as data by the names of its file format, what is empty left out.

    A dataclass within it stays though all its fields are empty: ``select: {}`` selects everything.
    """
    if dataclasses.is_dataclass(value):
        items = ((_file_name(f), getattr(value, f.name)) for f in dataclasses.fields(value))
        return {
            name: plain(item)
            for name, item in items
            if dataclasses.is_dataclass(item) or item not in (None, "", False, [], {})
        }
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value


def _file_name(field: dataclasses.Field[Any]) -> str:
    if "name" in field.metadata:
        return str(field.metadata["name"])
    first, *rest = field.name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def _with_strings(value: Any, kind: Any) -> Any:
    """``value`` with numbers and booleans made strings where ``kind`` wants strings."""
    arguments = [a for a in typing.get_args(kind) if a is not type(None)]
    if type(None) in typing.get_args(kind):
        return _with_strings(value, arguments[0])
    if isinstance(value, dict):
        if isinstance(kind, type) and dataclasses.is_dataclass(kind):
            kinds = _kinds(kind)
            return {key: _with_strings(item, kinds.get(key.lower())) for key, item in value.items()}
        item_kind = arguments[1] if typing.get_origin(kind) is dict else None
        return {key: _with_strings(item, item_kind) for key, item in value.items()}
    if isinstance(value, list):
        item_kind = arguments[0] if typing.get_origin(kind) is list else None
        return [_with_strings(item, item_kind) for item in value]
    return _as_string(value) if kind is str else value


@cache
def _kinds(cls: type) -> dict[str, Any]:
    """Lower-case field name -> type, embedded ones left out."""
    hints = typing.get_type_hints(cls)
    names = {_file_name(f).lower(): hints[f.name] for f in dataclasses.fields(cls)}
    return {name: kind for name, kind in names.items() if name not in _INLINE.get(cls, ())}


def _as_string(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return format_number(value)
    return str(value) if isinstance(value, int) else value
