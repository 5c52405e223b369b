"""Objects from text, the way kustomize splits and unwraps it."""

from __future__ import annotations

import re
from itertools import islice
from typing import Any

from trueup.errors import RenderError, YamlError
from trueup.objects.yaml.documents import Duplicates, read_documents
from trueup.render.kustomize.nodes import (
    Node,
    NodeScalars,
    Quoted,
    clone,
    from_value,
    is_empty,
    is_null,
    text_of,
    to_value,
)
from trueup.render.kustomize.textcache import TextCache

_SEPARATOR = re.compile(r"\n---(.*)\n")
_SCALARS = NodeScalars()
_CACHED_BYTES = 8 * 1024 * 1024


def read_objects(
    text: bytes | str, source: str, *, duplicates: Duplicates = "refuse"
) -> list[dict[str, Node]]:
    """The objects in ``text``, lists of objects unwrapped, empty documents left out.

    Of a repeated key in a patch kustomize takes the first, in a resource it refuses it.
    Raises YamlError for what does not parse, RenderError for what is not an object.
    """
    try:
        return [clone(found) for found in _parsed(text, duplicates)]
    except (YamlError, RenderError) as error:
        error.subject = ": ".join(part for part in (source, error.subject) if part)
        raise


def _parse(content: bytes | str, duplicates: Duplicates) -> list[dict[str, Node]]:
    text = _decode(content)
    parts = _split(text.replace("\r\n", "\n"))
    found = []
    for part in parts:
        node = read_node(part, duplicates=duplicates)
        if not is_null(node):
            found.extend(_unwrapped(node) if len(parts) == 1 else [node])
    return _expand_lists(_checked(found))


def read_node(
    text: str,
    source: str = "",
    duplicates: Duplicates = "refuse",
    scalars: NodeScalars = _SCALARS,
) -> Node:
    """The first document of ``text``; None if there is none."""
    documents = read_documents(text, source, scalars=scalars, duplicates=duplicates)
    return next(islice(documents, 1), None)


def _decode(content: bytes | str) -> str:
    try:
        return content.decode() if isinstance(content, bytes) else content
    except UnicodeDecodeError as error:
        raise YamlError("is not UTF-8 text") from error


def _split(text: str) -> list[str]:
    parts = []
    begin = 0
    for found in _SEPARATOR.finditer(text):
        rest = found[1].strip()
        if rest and not rest.startswith("#"):
            raise YamlError(
                f"invalid document separator: ---{found[1]}",
                next_step="keep --- alone on its line",
            )
        parts.append(text[begin : found.start()] + "\n")
        begin = found.end()
    parts.append(text[begin:])
    return parts


def _unwrapped(node: Node) -> list[Node]:
    """The items of a lone ``List``, in place."""
    wraps = isinstance(node, dict) and text_of(node.get("kind")) in ("List", "ResourceList")
    if not wraps or not ("items" in node or "functionConfig" in node):
        return [node]
    items = node.get("items")
    return list(items) if isinstance(items, list) else []


def _checked(nodes: list[Node]) -> list[dict[str, Node]]:
    return [_object(node) for node in nodes if not is_empty(node)]


def _object(node: Node) -> dict[str, Node]:
    """``node`` if it is an object with a kind and, unless it is a list, a name."""
    if not isinstance(node, dict):
        raise RenderError("holds something that is not an object")
    kind = text_of(node.get("kind"))
    if not kind:
        raise RenderError("missing kind in an object", next_step="add apiVersion and kind")
    metadata = node.get("metadata")
    name = metadata.get("name") if isinstance(metadata, dict) else None
    if not kind.endswith("List") and (is_null(name) or not text_of(name)):
        raise RenderError(
            f"missing metadata.name in an object of kind {kind}",
            next_step="add a name",
        )
    return node


def _expand_lists(nodes: list[dict[str, Node]]) -> list[dict[str, Node]]:
    """``FooList`` objects replaced by their items, which go to the end."""
    queue = list(nodes)
    found = []
    for node in queue:
        if not text_of(node["kind"]).endswith("List") or "items" not in node:
            found.append(node)
            continue
        items: Any = to_value(node)["items"]
        if items is not None and not isinstance(items, list):
            raise RenderError(f"{text_of(node['kind'])}.items is not a list")
        queue.extend(_checked([from_value(item, Quoted) for item in items or ()]))
    return found


_parsed = TextCache(_parse, _CACHED_BYTES)
