"""Objects of built-in kinds out of protobuf."""

from __future__ import annotations

import struct
from base64 import b64encode
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import orjson

from trueup.controlplane.protobuf.values import duration, int_or_string, moment
from trueup.controlplane.protobuf.wire import Raw, fields, signed
from trueup.objects import Manifest

MEDIA_TYPE = "application/vnd.kubernetes.protobuf"

_MAGIC = b"k8s\x00"
_DEEPEST = 100
"""Messages within messages; the limit of protobuf's own libraries."""


class Field(NamedTuple):
    """The name of a field, and what it holds."""

    name: str
    holds: str


class Index(NamedTuple):
    """The fields of each built-in type by their numbers."""

    kinds: Mapping[str, str]
    """``apiVersion kind`` to the name of a type."""
    types: Mapping[str, Mapping[int, Field]]


def decode(body: bytes) -> Manifest:
    """The object in ``body``, with apiVersion and kind; ValueError if it cannot be read."""
    if not body.startswith(_MAGIC):
        raise ValueError("the provided data does not appear to be a protobuf message")
    envelope = dict(fields(body[len(_MAGIC) :]))
    type_meta = dict(fields(_bytes(envelope.get(1, b""))))
    api_version, kind = _text(type_meta.get(1, b"")), _text(type_meta.get(2, b""))
    type_name = _index().kinds.get(f"{api_version} {kind}")
    if type_name is None:
        type_name = _index().kinds.get(f"v1 {kind}") if kind == "DeleteOptions" else None
    if type_name is None:
        raise ValueError(f'no kind "{kind}" is registered for version "{api_version}"')
    found = _message(_bytes(envelope.get(2, b"")), type_name, 0)
    return {"apiVersion": api_version, "kind": kind, **found}


def _message(data: bytes, type_name: str, depth: int) -> Manifest:
    if depth > _DEEPEST:
        raise ValueError("the message is nested too deeply")
    known = _index().types[type_name]
    found: Manifest = {}
    for number, raw in fields(data):
        field = known.get(number)
        if field is not None:
            _put(found, field, raw, depth + 1)
    return found


def _put(found: Manifest, field: Field, raw: Raw, depth: int) -> None:
    name, holds = field
    if holds.startswith("[]"):
        found.setdefault(name, []).append(_value(raw, holds[2:], depth))
    elif holds.startswith("{}"):
        entry = dict(fields(_bytes(raw)))
        key = _text(entry.get(1, b""))
        found.setdefault(name, {})[key] = _value(entry.get(2, b""), holds[2:], depth)
    elif holds.startswith("^"):
        found.update(_message(_bytes(raw), holds[1:], depth))
    else:
        found[name] = _value(raw, holds, depth)


def _value(raw: Raw, holds: str, depth: int) -> Any:
    read = _LEAVES.get(holds)
    return read(raw) if read else _message(_bytes(raw), holds, depth)


def _bytes(raw: Raw) -> bytes:
    if not isinstance(raw, bytes):
        raise ValueError("wrong wire type")
    return raw


def _text(raw: Raw) -> str:
    return _bytes(raw).decode()


def _int(raw: Raw) -> int:
    return signed(raw) if isinstance(raw, int) else 0


def _double(raw: Raw) -> float:
    data = _bytes(raw)
    return float(struct.unpack("<d", data)[0]) if len(data) == 8 else 0.0


def _embedded_json(raw: Raw) -> Any:
    inner = _bytes(dict(fields(_bytes(raw))).get(1, b""))
    return orjson.loads(inner) if inner else None


def _items(raw: Raw) -> list[str]:
    return [_text(value) for number, value in fields(_bytes(raw)) if number == 1]


_LEAVES: dict[str, Callable[[Raw], Any]] = {
    "string": _text,
    "int": _int,
    "bool": lambda raw: bool(_int(raw)),
    "double": _double,
    "bytes": lambda raw: b64encode(_bytes(raw)).decode(),
    "items": _items,
    "raw": _embedded_json,
    "quantity": lambda raw: _text(dict(fields(_bytes(raw))).get(1, b"")) or "0",
    "time": lambda raw: moment(dict(fields(_bytes(raw)))),
    "duration": lambda raw: duration(_int(dict(fields(_bytes(raw))).get(1, 0))),
    "intorstring": lambda raw: int_or_string(dict(fields(_bytes(raw)))),
}


@cache
def _index() -> Index:
    raw = orjson.loads(files(__package__).joinpath("fields.json").read_bytes())
    types = {
        name: {int(number): Field(*text.rsplit(" ", 1)) for number, text in known.items()}
        for name, known in raw["types"].items()
    }
    return Index(raw["kinds"], types)
