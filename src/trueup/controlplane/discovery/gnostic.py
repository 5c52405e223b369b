"""The document of OpenAPI v2 in protobuf, which is what client-go asks for.

The messages are those of ``openapi.v2`` in github.com/google/gnostic-models.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from trueup.controlplane.protobuf.writing import (
    Write,
    count,
    delimited,
    double,
    flag,
    many,
    named,
    text,
    within,
)

MEDIA_TYPE = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf"
OLD_MEDIA_TYPE = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf"

Fields = Mapping[str, tuple[int, Write]]
"""By the name in JSON: the number of the field, and how it is written."""


def encoded(document: Mapping[str, Any]) -> bytes:
    return _message(_DOCUMENT, document)


def _message(fields: Fields, value: Mapping[str, Any]) -> bytes:
    """Extensions have a number of their own; what has no number is not told."""
    parts = []
    for name, below in value.items():
        if name in fields:
            number, write = fields[name]
            parts.append(write(number, below))
        elif name.startswith("x-") and _EXTENSIONS in fields:
            number, _ = fields[_EXTENSIONS]
            parts.append(delimited(number, text(1, name) + _anything(2, below)))
    return b"".join(parts)


def _anything(number: int, value: Any) -> bytes:
    """As YAML, of which JSON is a part."""
    return delimited(number, delimited(2, orjson.dumps(value)))


def _schema(number: int, value: Mapping[str, Any]) -> bytes:
    return delimited(number, _message(_SCHEMA, value))


def _additional(number: int, value: Any) -> bytes:
    write = within(1, _schema) if isinstance(value, dict) else within(2, flag)
    return write(number, value)


def _parameter(number: int, value: Mapping[str, Any]) -> bytes:
    """Each kind of parameter is a message of its own, within those that tell them apart."""
    if value["in"] == "body":
        return within(1, within(1, _of(_BODY)))(number, value)
    fields, kind = (_PATH, 4) if value["in"] == "path" else (_QUERY, 3)
    return within(1, within(2, within(kind, _of(fields))))(number, value)


def _of(fields: Fields) -> Write:
    return lambda number, value: delimited(number, _message(fields, value))


_EXTENSIONS = "x-"

_SCHEMA: Fields = {
    "$ref": (1, text),
    "format": (2, text),
    "title": (3, text),
    "description": (4, text),
    "default": (5, _anything),
    "multipleOf": (6, double),
    "maximum": (7, double),
    "exclusiveMaximum": (8, flag),
    "minimum": (9, double),
    "exclusiveMinimum": (10, flag),
    "maxLength": (11, count),
    "minLength": (12, count),
    "pattern": (13, text),
    "maxItems": (14, count),
    "minItems": (15, count),
    "uniqueItems": (16, flag),
    "maxProperties": (17, count),
    "minProperties": (18, count),
    "required": (19, many(text)),
    "enum": (20, many(_anything)),
    "additionalProperties": (21, _additional),
    "type": (22, within(1, text)),
    "items": (23, within(1, _schema)),
    "properties": (25, named(_schema)),
    "example": (30, _anything),
    _EXTENSIONS: (31, _anything),
}
_BODY: Fields = {
    "name": (2, text),
    "in": (3, text),
    "required": (4, flag),
    "schema": (5, _schema),
}
_QUERY: Fields = {
    "in": (2, text),
    "name": (4, text),
    "type": (6, text),
    "uniqueItems": (20, flag),
}
_PATH: Fields = {
    "required": (1, flag),
    "in": (2, text),
    "name": (4, text),
    "type": (5, text),
    "uniqueItems": (19, flag),
}
_RESPONSE: Fields = {"description": (1, text), "schema": (2, within(1, _schema))}
_OPERATION: Fields = {
    "tags": (1, many(text)),
    "description": (3, text),
    "operationId": (5, text),
    "produces": (6, many(text)),
    "consumes": (7, many(text)),
    "parameters": (8, many(_parameter)),
    "responses": (9, named(within(1, _of(_RESPONSE)))),
    "schemes": (10, many(text)),
    _EXTENSIONS: (13, _anything),
}
_PLACE: Fields = {
    "get": (2, _of(_OPERATION)),
    "put": (3, _of(_OPERATION)),
    "post": (4, _of(_OPERATION)),
    "delete": (5, _of(_OPERATION)),
    "options": (6, _of(_OPERATION)),
    "head": (7, _of(_OPERATION)),
    "patch": (8, _of(_OPERATION)),
    "parameters": (9, many(_parameter)),
}
_TOKEN: Fields = {
    "type": (1, text),
    "name": (2, text),
    "in": (3, text),
    "description": (4, text),
}
_DOCUMENT: Fields = {
    "swagger": (1, text),
    "info": (2, _of({"title": (1, text), "version": (2, text)})),
    "paths": (8, named(_of(_PLACE), at=2)),
    "definitions": (9, named(_schema)),
    "security": (12, many(named(within(1, many(text))))),
    "securityDefinitions": (13, named(within(2, _of(_TOKEN)))),
}
