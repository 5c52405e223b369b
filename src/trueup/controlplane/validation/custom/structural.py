"""Whether a schema is structural: types everywhere, nothing but value rules in alternatives.

https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from trueup.controlplane.validation.causes import (
    Cause,
    below,
    child,
    forbidden,
    invalid,
    required,
)
from trueup.objects.regex import RegexError, compile_regex
from trueup.schema.node import Node

_INT_OR_STRING: Final = [{"type": "integer"}, {"type": "string"}]
_LEVELS: Final = {
    "root": "at the root",
    "item": "for specified array items",
    "field": "for specified object fields",
}
_FORBIDDEN_IN_ALTERNATIVES: Final = {
    "type": "must be empty to be structural",
    "additionalProperties": "must be undefined to be structural",
    "default": "must be undefined to be structural",
    "title": "must be empty to be structural",
    "description": "must be empty to be structural",
    "nullable": "must be false to be structural",
    "x-kubernetes-preserve-unknown-fields": "must be false to be structural",
    "x-kubernetes-embedded-resource": "must be false to be structural",
    "x-kubernetes-int-or-string": "must be false to be structural",
    "x-kubernetes-list-map-keys": "must be empty to be structural",
    "x-kubernetes-list-type": "must be undefined to be structural",
    "x-kubernetes-map-type": "must be undefined to be structural",
    "x-kubernetes-validations": "must be empty to be structural",
}


def structural_problems(node: Node, path: str) -> list[Cause]:
    """Every place below ``path`` that keeps the schema from being structural, in order of text."""
    found = [*_invariants(node, "root", path), *_incomplete(node, path)]
    return sorted(found, key=lambda cause: (cause["field"], cause["message"]))


# --- every place ------------------------------------------------------------------------------


def _invariants(node: Node, level: str, path: str) -> Iterator[Cause]:
    items, additional = node.get("items"), node.get("additionalProperties")
    if node.get("type") == "array" and not isinstance(items, dict | list):
        yield required(child(path, "items"), "must be specified")
    if isinstance(items, dict):
        yield from _invariants(items, "item", child(path, "items"))
    for name, property_node in (node.get("properties") or {}).items():
        place = below(child(path, "properties"), name)
        yield from _invariants(property_node, "field", place)
    if additional is not None and level == "root":
        yield forbidden(child(path, "additionalProperties"), "must not be used at the root")
    if isinstance(additional, dict):
        yield from _invariants(additional, "field", child(path, "additionalProperties"))
    yield from _extensions(node, path)
    yield from _alternatives(node, path)
    yield from _type(node, level, path)
    yield from _metadata(node, level, path)


def _extensions(node: Node, path: str) -> Iterator[Cause]:
    if not node.get("x-kubernetes-int-or-string"):
        return
    for name in ("preserve-unknown-fields", "embedded-resource"):
        field = f"x-kubernetes-{name}"
        if node.get(field):
            detail = "must be false if x-kubernetes-int-or-string is true"
            yield invalid(child(path, field), True, detail)


def _type(node: Node, level: str, path: str) -> Iterator[Cause]:
    kind, place = node.get("type") or "", child(path, "type")
    embedded = node.get("x-kubernetes-embedded-resource")
    free = node.get("x-kubernetes-int-or-string") or node.get(
        "x-kubernetes-preserve-unknown-fields"
    )
    if embedded and kind != "object":
        rule = "must be object if x-kubernetes-embedded-resource is true"
        yield invalid(place, kind, rule) if kind else required(place, rule)
    elif not kind and not free:
        yield required(place, f"must not be empty {_LEVELS[level]}")
    if embedded and node.get("additionalProperties") is not None:
        detail = "must not be used if x-kubernetes-embedded-resource is set"
        yield forbidden(child(path, "additionalProperties"), detail)
    if level == "root" and kind not in {"", "object"}:
        yield invalid(place, kind, "must be object at the root")
    keeps = node.get("x-kubernetes-preserve-unknown-fields")
    if embedded and not keeps and not node.get("properties"):
        detail = (
            "must not be empty if x-kubernetes-embedded-resource is true without"
            " x-kubernetes-preserve-unknown-fields"
        )
        yield required(child(path, "properties"), detail)


def _metadata(node: Node, level: str, path: str) -> Iterator[Cause]:
    """What an object always has can only be restricted, and only by its name."""
    properties = node.get("properties") or {}
    if level != "root" and not node.get("x-kubernetes-embedded-resource"):
        return
    wanted = {"kind": "string", "apiVersion": "string", "metadata": "object"}
    for name, kind in wanted.items():
        if name in properties and properties[name].get("type") != kind:
            place = below(child(path, "properties"), name)
            actual = properties[name].get("type") or ""
            yield invalid(child(place, "type"), actual, f"must be {kind}")
    if level == "root" and "metadata" in properties:
        named = set(properties["metadata"].get("properties") or {})
        said = set(properties["metadata"]) - {"type", "properties", "default"}
        if said or not named <= {"name", "generateName"}:
            detail = (
                "must not specify anything other than name and generateName,"
                " but metadata is implicitly specified"
            )
            yield forbidden(below(child(path, "properties"), "metadata"), detail)


# --- alternatives ------------------------------------------------------------------------------


def _nested(node: Node, path: str) -> Iterator[tuple[str, Node]]:
    """The schemas of alternatives of ``node`` itself, but for how integers or strings are told."""
    any_of, all_of = node.get("anyOf") or [], node.get("allOf") or []
    if any_of != _INT_OR_STRING:
        yield from ((below(child(path, "anyOf"), at), one) for at, one in enumerate(any_of))
    for at, one in enumerate(all_of):
        if at == 0 and one.get("anyOf") == _INT_OR_STRING:
            one = {key: value for key, value in one.items() if key != "anyOf"}
        yield below(child(path, "allOf"), at), one
    for at, one in enumerate(node.get("oneOf") or []):
        yield below(child(path, "oneOf"), at), one
    if node.get("not") is not None:
        yield child(path, "not"), node["not"]


def _alternatives(node: Node, path: str) -> Iterator[Cause]:
    for place, one in _nested(node, path):
        yield from _value_rules(one, place)
    pattern = str(node.get("pattern") or "")
    try:
        compile_regex(pattern)
    except RegexError as error:
        detail = f"must be a valid regular expression, but isn't: {error}"
        yield invalid(child(path, "pattern"), pattern, detail)


def _value_rules(node: Node, path: str) -> Iterator[Cause]:
    """An alternative may only restrict values."""
    yield from _alternatives(node, path)
    if isinstance(node.get("items"), dict):
        yield from _value_rules(node["items"], child(path, "items"))
    for name, one in (node.get("properties") or {}).items():
        yield from _value_rules(one, below(child(path, "properties"), name))
    for name, rule in _FORBIDDEN_IN_ALTERNATIVES.items():
        allowed = name == "x-kubernetes-validations" and ".allOf[" in path
        if node.get(name) not in (None, "", False, []) and not allowed:
            yield forbidden(child(path, name), rule)
    if "metadata" in (node.get("properties") or {}):
        place = below(child(path, "properties"), "metadata")
        yield forbidden(place, "must not be specified in a nested context")


# --- completeness ------------------------------------------------------------------------------


def _incomplete(node: Node, path: str) -> Iterator[Cause]:
    """Fields of the root's alternatives must be declared outside of them."""
    for place, one in _nested(node, path):
        yield from _undeclared(one, node, place, path)


def _undeclared(one: Node, outer: Node, place: str, path: str) -> Iterator[Cause]:
    for nested_place, nested in _nested(one, place):
        yield from _undeclared(nested, outer, nested_place, path)
    declared: Mapping[str, Any] = outer.get("properties") or {}
    for name, nested in (one.get("properties") or {}).items():
        at = below(child(path, "properties"), name)
        nested_at = below(child(place, "properties"), name)
        if name in declared:
            yield from _undeclared(nested, declared[name], nested_at, at)
        else:
            yield required(at, f"because it is defined in {nested_at}")
    if isinstance(one.get("items"), dict):
        if isinstance(outer.get("items"), dict):
            nested_at = child(place, "items")
            yield from _undeclared(one["items"], outer["items"], nested_at, child(path, "items"))
        else:
            detail = f"because it is defined in {child(place, 'items')}"
            yield required(child(path, "items"), detail)
