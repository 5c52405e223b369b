"""Defaults must be valid by the schema that they are part of."""

from __future__ import annotations

from collections.abc import Iterator

from trueup.controlplane.validation.causes import NOWHERE, Cause, below, child, invalid
from trueup.controlplane.validation.custom.openapi import validate
from trueup.controlplane.validation.custom.pruning import prune_value
from trueup.controlplane.validation.custom.rules import Rules
from trueup.objects.manifest import copy
from trueup.schema import Schema
from trueup.schema.node import Node


def default_problems(node: Node, path: str) -> Iterator[Cause]:
    """What is wrong with the defaults of ``node`` and of all below it."""
    if node.get("default") is not None:
        yield from _check(node, child(path, "default"))
    if isinstance(node.get("items"), dict):
        yield from default_problems(node["items"], child(path, "items"))
    for name, one in (node.get("properties") or {}).items():
        yield from default_problems(one, below(child(path, "properties"), name))
    if isinstance(node.get("additionalProperties"), dict):
        yield from default_problems(
            node["additionalProperties"], child(path, "additionalProperties")
        )


def _check(node: Node, path: str) -> Iterator[Cause]:
    default, schema = node["default"], Schema(node)
    pruned = copy(default)
    prune_value(pruned, schema)
    if pruned != default:
        yield invalid(path, default, "must not have unknown fields")
    found = validate(node, default)
    if not found:
        found = Rules(schema).validate(default)
    for cause in found:
        field = cause["field"]
        whole = field in {NOWHERE, ""}
        yield {**cause, "field": path if whole else _joined(path, field)}


def _joined(path: str, field: str) -> str:
    return path + field if field.startswith("[") else child(path, field)
