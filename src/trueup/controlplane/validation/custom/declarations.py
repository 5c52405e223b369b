"""What a schema may say at all: the rules beyond those of structural schemas."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from trueup.controlplane.validation.causes import (
    Cause,
    below,
    child,
    forbidden,
    invalid,
    required,
    unsupported,
)
from trueup.schema.node import Node

_TYPES: Final = ("array", "boolean", "integer", "number", "object", "string")
_NOT_SUPPORTED: Final = (
    "id",
    "additionalItems",
    "patternProperties",
    "definitions",
    "dependencies",
    "$ref",
)


def declaration_problems(node: Node, path: str) -> list[Cause]:
    """What ``node`` and the schemas below it say that they must not."""
    return list(_walk(node, path, root=True))


def _walk(node: Node, path: str, *, root: bool = False, within: str = "") -> Iterator[Cause]:
    """``within`` says of which part of an object's own fields the schema is, as in "in top-level"."""
    yield from _unsupported(node, path, within)
    properties, additional = node.get("properties") or {}, node.get("additionalProperties")
    if properties and additional not in (None, True):
        detail = "additionalProperties and properties are mutual exclusive"
        yield forbidden(child(path, "additionalProperties"), detail)
    if isinstance(additional, dict):
        yield from _walk(additional, child(path, "additionalProperties"), within=within)
    whole = root or node.get("x-kubernetes-embedded-resource")
    for name, one in properties.items():
        is_meta = whole and name in {"metadata", "apiVersion", "kind"}
        reason = f"in top-level {name}" if is_meta and root else within
        place = below(child(path, "properties"), name)
        yield from _walk(one, place, within=reason)
    for place, one in _below(node, path):
        yield from _walk(one, place, within=within)
    yield from _merging(node, path)


def _below(node: Node, path: str) -> Iterator[tuple[str, Node]]:
    for name in ("not", "items"):
        if isinstance(node.get(name), dict):
            yield child(path, name), node[name]
    for name in ("allOf", "oneOf", "anyOf"):
        for at, one in enumerate(node.get(name) or []):
            yield below(child(path, name), at), one


def _unsupported(node: Node, path: str, within: str) -> Iterator[Cause]:
    kind = node.get("type")
    if kind and kind not in _TYPES:
        yield unsupported(child(path, "type"), kind, _TYPES)
    if kind == "null":
        detail = "type cannot be set to null, use nullable as an alternative"
        yield forbidden(child(path, "type"), detail)
    if node.get("default") is not None and within:
        yield forbidden(child(path, "default"), f"must not be set {within}")
    for name in _NOT_SUPPORTED:
        if node.get(name):
            yield forbidden(child(path, name), f"{name} is not supported")
    if isinstance(node.get("items"), list):
        yield forbidden(child(path, "items"), "items must be a schema object and not an array")
    if node.get("uniqueItems"):
        detail = "uniqueItems cannot be set to true since the runtime complexity becomes quadratic"
        yield forbidden(child(path, "uniqueItems"), detail)
    if node.get("x-kubernetes-preserve-unknown-fields") is False:
        place = child(path, "x-kubernetes-preserve-unknown-fields")
        yield invalid(place, False, "must be true or undefined")


def _merging(node: Node, path: str) -> Iterator[Cause]:
    """How lists and maps merge must fit their types."""
    for field, kind, values in (
        ("map-type", "object", ("atomic", "granular")),
        ("list-type", "array", ("atomic", "set", "map")),
    ):
        name, actual = f"x-kubernetes-{field}", node.get("type") or ""
        said = node.get(name)
        if said is None:
            continue
        if actual != kind:
            detail, place = f"must be {kind} if {name} is specified", child(path, "type")
            yield invalid(place, actual, detail) if actual else required(place, detail)
        if said not in values:
            yield unsupported(child(path, name), said, values)
    merging, items = node.get("x-kubernetes-list-type"), node.get("items")
    if merging in {"set", "map"} and isinstance(items, dict) and items.get("nullable"):
        detail = f"cannot be nullable when x-kubernetes-list-type is {merging}"
        yield forbidden(child(child(path, "items"), "nullable"), detail)
    yield from _set_items(node, path)
    yield from _map_keys(node, path)


def _set_items(node: Node, path: str) -> Iterator[Cause]:
    items: Any = node.get("items")
    if node.get("x-kubernetes-list-type") != "set" or not isinstance(items, dict):
        return
    detail = "must be atomic as item of a list with x-kubernetes-list-type=set"
    place = child(path, "items")
    if items.get("type") == "array":
        said = items.get("x-kubernetes-list-type")
        if said not in (None, "atomic"):
            yield invalid(child(place, "x-kubernetes-list-type"), said, detail)
    if items.get("type") == "object" and items.get("x-kubernetes-map-type") != "atomic":
        said = items.get("x-kubernetes-list-type")
        yield invalid(child(place, "x-kubernetes-map-type"), said, detail)


def _map_keys(node: Node, path: str) -> Iterator[Cause]:
    keys, kind = node.get("x-kubernetes-list-map-keys") or [], node.get("x-kubernetes-list-type")
    keys_path, type_path = (child(path, f"x-kubernetes-list-{n}") for n in ("map-keys", "type"))
    if keys and kind != "map":
        detail = "must be map if x-kubernetes-list-map-keys is non-empty"
        yield invalid(type_path, kind, detail) if kind else required(type_path, detail)
    if kind != "map":
        return
    if not keys:
        yield required(keys_path, "must not be empty if x-kubernetes-list-type is map")
    items, place = node.get("items"), child(path, "items")
    if not isinstance(items, dict):
        yield required(place, "must have a schema if x-kubernetes-list-type is map")
    elif items.get("type") != "object":
        detail = "must be object if parent array's x-kubernetes-list-type is map"
        yield invalid(child(place, "type"), items.get("type") or "", detail)
    else:
        yield from _key_fields(items, keys, place, keys_path)


def _key_fields(items: Node, keys: list[str], place: str, keys_path: str) -> Iterator[Cause]:
    properties, needed = items.get("properties") or {}, items.get("required") or []
    for at, key in enumerate(keys):
        spot = below(child(place, "properties"), key)
        found = properties.get(key)
        if found is None:
            yield invalid(keys_path, keys, "entries must all be names of item properties")
        elif found.get("type") in {"array", "object"}:
            detail = "must be a scalar type if parent array's x-kubernetes-list-type is map"
            yield invalid(child(spot, "type"), items.get("type"), detail)
        if key in keys[:at]:
            yield invalid(keys_path, keys, "must not contain duplicate entries")
        if found is not None and found.get("default") is None and key not in needed:
            detail = (
                "this property is in x-kubernetes-list-map-keys, so it must have a default or be"
                " a required property"
            )
            yield required(child(spot, "default"), detail)
        if found is not None and found.get("nullable"):
            detail = "this property is in x-kubernetes-list-map-keys, so it cannot be nullable"
            yield forbidden(child(spot, "nullable"), detail)
