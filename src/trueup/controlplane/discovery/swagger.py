"""The one document of OpenAPI v2, of all that is served.

It says less than v3: what may be null or is of several types is of none, and defaults are left out.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from trueup.controlplane.discovery import parameters
from trueup.controlplane.discovery.definitions import KINDS, PREFIX, Definitions
from trueup.controlplane.discovery.operation import (
    TOKEN,
    Operation,
    extensions,
    of_no_version,
    of_version,
    responses,
    told_once,
)
from trueup.controlplane.discovery.operations import operations
from trueup.controlplane.resources import Catalog
from trueup.schema import NEWEST

Document = dict[str, Any]

_PREFIX = "#/definitions/"
_UNSAID = {"default", "nullable", "allOf", "anyOf", "oneOf", "not", "$ref"}
_KEEPS = "x-kubernetes-preserve-unknown-fields"
_INT_OR_STRING = "x-kubernetes-int-or-string"


def document(catalog: Catalog) -> Document:
    known = Definitions(catalog)
    places = [place for resource in catalog for place in operations(resource)]
    groups = sorted(catalog.builtin_groups)
    places += of_no_version(group for group in groups if group)
    for group in groups:
        places += [of_version(group, version) for version in catalog.versions(group)]
    tell = partial(_operation, known)
    paths = {path: told_once(found, tell, _parameters) for path, found in sorted(places)}
    return {
        "swagger": "2.0",
        "info": {"title": "Kubernetes", "version": NEWEST},
        "paths": paths,
        "definitions": {name: _definition(node) for name, node in known.all().items()},
        "securityDefinitions": {"BearerToken": TOKEN},
        "security": [{"BearerToken": []}],
    }


def _operation(known: Definitions, operation: Operation, own: frozenset[str]) -> Document:
    body = [_body(operation, known)] if operation.body else []
    return {
        "description": operation.text,
        **({"consumes": list(operation.takes)} if operation.takes else {}),
        "produces": list(operation.gives),
        "schemes": ["https"],
        "tags": [operation.tag],
        "operationId": operation.id,
        "parameters": [*body, *_parameters(own)],
        "responses": responses(operation, {"schema": _answer(known, operation)}),
        **extensions(operation),
    }


def _body(operation: Operation, known: Definitions) -> Document:
    found = {"name": "body", "in": "body", "schema": _referred(known, operation.body)}
    return {**found, "required": True} if operation.needs_body else found


def _answer(known: Definitions, operation: Operation) -> Document:
    return _referred(known, operation.answer) if operation.answer else {"type": "string"}


def _parameters(names: frozenset[str]) -> list[Document]:
    return [{**parameters.place_of(name), **parameters.type_of(name)} for name in sorted(names)]


def _referred(known: Definitions, name: str) -> Document:
    known.reference(name)
    return {"$ref": _PREFIX + name}


def _definition(node: Document) -> Document:
    """A kind with unknown fields says nothing, lest clients miss those that it does not name."""
    if node.get(_KEEPS) and KINDS in node:
        return {"type": "object", KINDS: node[KINDS]}
    return _schema(node)


def _schema(node: Document) -> Document:
    found = {name: value for name, value in node.items() if name not in _UNSAID}
    if reference := _reference(node):
        found["$ref"] = _PREFIX + reference.removeprefix(PREFIX)
    elif "oneOf" in node and not node.keys() & {"type", _KEEPS, _INT_OR_STRING}:
        found["type"] = "string"
    for name in _untold(node):
        found.pop(name, None)
    for name in ("items", "additionalProperties"):
        if isinstance(found.get(name), dict):
            found[name] = _schema(found[name])
    if "properties" in found:
        found["properties"] = {k: _schema(below) for k, below in found["properties"].items()}
    return _required(node, found)


def _reference(node: Document) -> str:
    """What ``node`` refers to; v3 wraps it where something stands beside."""
    among = node.get("allOf") or [node]
    return str(among[0].get("$ref", "")) if len(among) == 1 else ""


def _untold(node: Document) -> set[str]:
    """What older clients make too much of, where a node says that it is not all."""
    if node.get("nullable"):
        return {"type", "items", "properties"}
    if node.get(_KEEPS):
        return {"items", "properties", *({"type"} if node.get("type") != "string" else ())}
    return {"type"} if node.get("type") == "array" and "items" not in node else set()


def _required(node: Document, found: Document) -> Document:
    """``found`` without what is required of fields that it does not tell, or that may be null."""
    if not found.get("required"):
        return found
    properties, below = node.get("properties") or {}, node.get("additionalProperties")
    told = [name for name in found["required"] if not (properties.get(name) or {}).get("nullable")]
    if node.get("x-kubernetes-embedded-resource") and "properties" not in found:
        told = [name for name in told if name not in {"apiVersion", "kind"}]
    if isinstance(below, dict) and below.get("nullable"):
        told = []
    rest = {name: value for name, value in found.items() if name != "required"}
    return {**rest, "required": told} if told else rest
