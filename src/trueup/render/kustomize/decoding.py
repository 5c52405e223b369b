"""Configuration text into dataclasses, as strictly and as loosely as Go's JSON decoder does it.

Field names match whatever their case; null means unset; an unknown field and a value of another
type are errors that name the field.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from functools import cache
from typing import Any, TypeVar, Union

from trueup.errors import RenderError
from trueup.objects.yaml.documents import Duplicates, read_documents

T = TypeVar("T")


def read_config(text: bytes | str, source: str, *, duplicates: Duplicates = "last") -> Any:
    """The first document of ``text``; a repeated key counts as its last value, unless told else."""
    return next(read_documents(text, source, duplicates=duplicates), None)


def decode(cls: type[T], value: Any, source: str, *, strict: bool = True, path: str = "") -> T:
    """``value`` as an instance of the dataclass ``cls``; ``strict`` refuses unknown fields."""
    if value is None:
        return cls()
    if not isinstance(value, dict):
        raise _wrong_type(value, "a mapping", source, path)
    kind: Any = cls  # the cache asks for something hashable, which a type variable is not
    known = _fields(kind)
    found: dict[str, Any] = {}
    for key, item in sorted(value.items()):  # of names that differ in case the last one counts
        field = known.get(key.lower())
        where = f"{path}.{key}" if path else key
        if field is None:
            if strict:
                raise RenderError(
                    f"unknown field {where}",
                    subject=source,
                    next_step="remove it, or correct its spelling and indentation",
                )
            continue
        name, kind = field
        if item is not None:
            found[name] = _convert(kind, item, source, strict, where)
    return cls(**found)


@cache
def _fields(cls: Any) -> dict[str, tuple[str, Any]]:
    """Lower-case YAML name -> (attribute, type)."""
    hints = typing.get_type_hints(cls)
    return {
        field.metadata.get("name", field.name.replace("_", "")).lower(): (
            field.name,
            hints[field.name],
        )
        for field in dataclasses.fields(cls)
    }


def _convert(kind: Any, value: Any, source: str, strict: bool, path: str) -> Any:
    origin = typing.get_origin(kind)
    if origin in (Union, types.UnionType):
        kind = next(arg for arg in typing.get_args(kind) if arg is not types.NoneType)
        return _convert(kind, value, source, strict, path)
    if origin is list:
        if not isinstance(value, list):
            raise _wrong_type(value, "a list", source, path)
        (item_kind,) = typing.get_args(kind)
        return [
            _convert_item(item_kind, item, source, strict, f"{path}[{index}]")
            for index, item in enumerate(value)
        ]
    if origin is dict:
        if not isinstance(value, dict):
            raise _wrong_type(value, "a mapping", source, path)
        _, item_kind = typing.get_args(kind)
        return {
            key: _convert_item(item_kind, item, source, strict, f"{path}.{key}")
            for key, item in value.items()
        }
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        return decode(kind, value, source, strict=strict, path=path)
    if kind is Any or type(value) is kind:
        return value
    raise _wrong_type(value, _NAMES[kind], source, path)


def _convert_item(kind: Any, value: Any, source: str, strict: bool, path: str) -> Any:
    if value is None:
        return kind() if isinstance(kind, type) and kind is not Any else None
    return _convert(kind, value, source, strict, path)


_NAMES = {str: "a string", int: "a whole number", bool: "true or false"}


def _wrong_type(value: Any, wanted: str, source: str, path: str) -> RenderError:
    names = {dict: "a mapping", list: "a list", float: "a number", **_NAMES}
    quoting = (
        "; put it in quotes" if wanted == "a string" and not isinstance(value, dict | list) else ""
    )
    return RenderError(
        f"{path or 'the document'} is {names.get(type(value), 'something else')}, not {wanted}",
        subject=source,
        next_step=f"write {wanted}{quoting}",
    )
