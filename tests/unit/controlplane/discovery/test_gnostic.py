"""OpenAPI v2 in the messages that client-go reads; that its own library does was seen by hand."""

from __future__ import annotations

from functools import cache

import orjson

from trueup.controlplane.discovery import gnostic, swagger
from trueup.controlplane.protobuf.wire import fields
from trueup.controlplane.resources import Catalog

PATHS, DEFINITIONS = 8, 9
SCHEMA = {
    "type": "object",
    "minProperties": 1,
    "properties": {"n": {"type": "number", "minimum": -1.5, "enum": ["a"]}},
    "additionalProperties": {"type": "string"},
    "x-told": {"a": 1},
}


@cache
def whole() -> bytes:
    return gnostic.encoded(swagger.document(Catalog()))


def within(data: bytes, *numbers: int) -> list[bytes]:
    """What lies in the fields of these numbers, one in the other."""
    found = [data]
    for number in numbers:
        found = [
            below
            for each in found
            for at, below in fields(each)
            if at == number and isinstance(below, bytes)
        ]
    return found


def test_every_path_is_there_by_its_name() -> None:
    named = {name.decode() for name in within(whole(), PATHS, 2, 1)}
    assert named == swagger.document(Catalog())["paths"].keys()


def test_every_definition_is_there_by_its_name() -> None:
    named = {name.decode() for name in within(whole(), DEFINITIONS, 1, 1)}
    assert named == swagger.document(Catalog())["definitions"].keys()


def test_a_schema_keeps_what_it_says() -> None:
    document = gnostic.encoded({"definitions": {"d": SCHEMA}})
    (schema,) = within(document, DEFINITIONS, 1, 2)
    assert within(schema, 22, 1) == [b"object"]
    assert dict(fields(schema))[18] == 1
    assert within(schema, 25, 1, 1) == [b"n"]
    assert within(schema, 21, 1, 22, 1) == [b"string"]


def test_an_extension_is_told_in_yaml() -> None:
    document = gnostic.encoded({"definitions": {"d": SCHEMA}})
    assert within(document, DEFINITIONS, 1, 2, 31, 1) == [b"x-told"]
    assert [orjson.loads(t) for t in within(document, DEFINITIONS, 1, 2, 31, 2, 2)] == [{"a": 1}]


def test_what_has_no_number_is_left_out() -> None:
    assert gnostic.encoded({"unknown": {"a": 1}}) == b""
