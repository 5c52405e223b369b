"""The schema of a custom resource, from the ``openAPIV3Schema`` of its definition."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from trueup.schema.builtin import definitions, describe
from trueup.schema.node import Node, Schema

_META: Final = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"
_ANY_KIND: Final = "io.k8s.api.core.v1.ConfigMap"
"""A definition whose texts on apiVersion and kind are those of every kind."""
_ANYTHING: Final = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}


def crd_schema(declared: Node | None) -> Schema:
    """What the objects of a kind hold: what ``declared`` says, with apiVersion, kind and metadata.

    These three are also there in every embedded resource below. Without a declaration anything
    goes.
    """
    root = complete_node(declared or _ANYTHING, root=True)
    return Schema(root, definitions(), describe)


def complete_node(node: Node, *, root: bool = False) -> Node:
    """``node`` with the fields that every object has, wherever an object lies within it."""
    found: dict[str, Any] = dict(node)
    if properties := node.get("properties"):
        found["properties"] = {k: complete_node(v) for k, v in properties.items()}
    for name in ("items", "additionalProperties"):
        if isinstance(node.get(name), Mapping):
            found[name] = complete_node(node[name])
    if root or node.get("x-kubernetes-embedded-resource"):
        found["properties"] = {**found.get("properties", {}), **_object_fields()}
    return found


def _object_fields() -> dict[str, Node]:
    return {
        "apiVersion": {"type": "string", "description": describe(_ANY_KIND, "apiVersion")},
        "kind": {"type": "string", "description": describe(_ANY_KIND, "kind")},
        "metadata": {"$ref": _META},
    }
