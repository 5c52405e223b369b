"""The hash that kustomize appends to the names of generated objects."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

from trueup.objects.gotext import html_escaped
from trueup.render.kustomize.nodes import Node, is_scalar, text_of, to_value
from trueup.render.kustomize.resource import Resource

_LETTERS = str.maketrans("013ae", "ghkmt")
"""No digits that look like letters, no vowels that could spell a word."""


def content_hash(resource: Resource) -> str:
    """Ten letters and digits that stand for the content of ``resource``, but not for its name.

    kustomize means to hash the name too, but looks it up where it never is.
    """
    body = resource.body
    if resource.kind == "ConfigMap":
        hashed: dict[str, Any] = {"kind": "ConfigMap", "name": ""}
        fields = ("data", "binaryData")
    elif resource.kind == "Secret":
        hashed = {"kind": "Secret", "name": "", "type": text_of(body.get("type"))}
        fields = ("data", "stringData")
    else:
        return _digest(to_value(body))
    first, second = (_field(body.get(field)) for field in fields)
    hashed["data"] = first
    if isinstance(second, dict):
        hashed[fields[1]] = second
    return _digest(hashed)


def _field(node: Node) -> Any:
    if node is None or is_scalar(node):
        return text_of(node)
    return to_value(node)


def _digest(value: Any) -> str:
    return sha256(go_json(value).encode()).hexdigest()[:10].translate(_LETTERS)


def go_json(value: Any) -> str:
    """``value`` as Go's ``json.Marshal`` writes it: compact, sorted, safe for HTML."""
    text = json.dumps(value, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
    return html_escaped(text)
