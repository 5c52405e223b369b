"""Paths into objects as replacements write them: ``spec.containers.[name=app].env.0.value``."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

from trueup.errors import RenderError
from trueup.render.kustomize.fieldspecs import split_path
from trueup.render.kustomize.nodes import (
    UNTYPED,
    Node,
    Plain,
    is_null,
    is_scalar,
    kind_of,
    new_key,
    text_of,
)
from trueup.render.kustomize.regex import compile_regex

Parts = tuple[str, ...]


class Place(NamedTuple):
    """Where a node is: ``container[key]``."""

    container: Any
    key: Any

    @property
    def node(self) -> Node:
        return self.container[self.key]

    def put(self, node: Node) -> None:
        self.container[self.key] = node


@lru_cache(maxsize=4096)
def split_field_path(path: str) -> Parts:
    """The parts of ``path``; what is in brackets stays together, ``[a.b]`` loses them."""
    parts: list[str] = []
    pending: list[str] = []
    for part in split_path(path, "."):
        if pending:
            pending.append(part)
        elif part.startswith("[") and not part.endswith("]"):
            pending = [part]
            continue
        else:
            parts.append(part)
            continue
        if part.endswith("]"):
            parts.append(_bracketed(pending))
            pending = []
    if pending:
        parts.append(_bracketed(pending))
    return tuple(parts)


def _bracketed(parts: list[str]) -> str:
    text = ".".join(parts)
    return text if "=" in text else text.strip("[]")


def lookup(node: Node, parts: Parts) -> Node:
    """The one node that ``parts`` lead to, or None; RenderError for a path that cannot be."""
    for raw in parts:
        part = raw.strip()
        if not part:
            continue
        if node is None:
            return None
        node = _step(node, part)
    return node


def _step(node: Node, part: str) -> Node:
    if _is_index(part) or part == "-":
        items = _items(node, part)
        index = -1 if part == "-" else int(part)
        return items[index] if index < len(items) and items else None
    if part == "*":
        raise RenderError("a wildcard is not possible in this path")
    if _is_match(part):
        field, value = _match(part)
        for item in _items(node, part):
            if (text_of(item) if not field else _text_at(item, field)) == value:
                return item
        return None
    if is_null(node):
        return None
    if not isinstance(node, dict):
        raise RenderError(f"expected a mapping at {part}, not a {kind_of(node)}")
    return node.get(part)


def _text_at(item: Node, field: str) -> str | None:
    return text_of(item[field]) if isinstance(item, dict) and field in item else None


def find(root: dict[str, Node] | list[Node], parts: Parts, create: Node = None) -> list[Place]:
    """Every place that ``parts`` lead to, wildcards and expressions included.

    ``create`` is what to put where the last field is missing (an empty node of some kind), with
    all that is missing on the way; None to create nothing. RenderError if a path cannot be.
    """
    return _find(Place([root], 0), parts, create)


def _find(place: Place, parts: Parts, create: Node) -> list[Place]:
    if not parts:
        return [place]
    part, rest = parts[0], parts[1:]
    if _is_index(part):
        return _find_index(place.node, int(part), rest, create)
    if _is_match(part):
        return _find_matches(place.node, part, rest, create)
    if part == "*":
        items = _items(place.node, part)
        return [
            found
            for index in range(len(items))
            for found in _find(Place(items, index), rest, create)
        ]
    return _find_field(place.node, part, rest, create)


def _find_field(node: Node, part: str, rest: Parts, create: Node) -> list[Place]:
    if _says_null(node):  # what is made there is lost, as it is in kustomize
        return [] if create is None else _find(Place([_new(rest, create)], 0), rest, create)
    if not isinstance(node, dict):
        raise RenderError(f"expected a mapping at {part}, not a {kind_of(node)}")
    if part not in node:
        if create is None:
            return []
        node[new_key(part)] = _new(rest, create)
    if rest and is_scalar(node[part]) and not is_null(node[part]):
        raise RenderError(f"{part} is a scalar, and the path goes on")
    return _find(Place(node, part), rest, create)


def _find_index(node: Node, index: int, rest: Parts, create: Node) -> list[Place]:
    items = _items(node, str(index))
    if index == len(items) and create is not None:
        items.append(_new(rest, create))
    if index >= len(items):
        raise RenderError(f"there is no element {index}, only {len(items)} elements")
    return _find(Place(items, index), rest, create)


def _find_matches(node: Node, part: str, rest: Parts, create: Node) -> list[Place]:
    field, pattern = _match(part)
    items = _items(node, part)
    found = _matching(items, field, pattern, rest, create)
    if found or create is None:
        return found
    value = Plain(pattern, UNTYPED)
    items.append({field: value} if field else value)
    return _matching(items, field, pattern, rest, create)


def _matching(
    items: list[Node], field: str, pattern: str, rest: Parts, create: Node
) -> list[Place]:
    expression = compile_regex(pattern)
    found: list[Place] = []
    for index, item in enumerate(items):
        if not field:
            if expression.found_in(text_of(item)):
                found.append(Place(items, index))
        elif isinstance(item, dict) and field in item and expression.found_in(text_of(item[field])):
            found.extend(_find(Place(items, index), rest, create))
    return found


def _new(rest: Parts, create: Node) -> Node:
    if not rest:
        return type(create)() if isinstance(create, dict | list) else Plain("", UNTYPED)
    return [] if _is_match(rest[0]) or _is_index(rest[0]) else {}


def _items(node: Node, part: str) -> list[Node]:
    if _says_null(node):
        return []
    if not isinstance(node, list):
        raise RenderError(f"expected a list at {part}, not a {kind_of(node)}")
    return node


def _says_null(node: Node) -> bool:
    """Whether there is no node, or one that is null in so many words."""
    return node is None or (is_null(node) and text_of(node) != "")


def _is_index(part: str) -> bool:
    return part.isascii() and part.isdigit()


def _is_match(part: str) -> bool:
    return part.startswith("[") and part.endswith("]")


def _match(part: str) -> tuple[str, str]:
    field, equals, value = part.removeprefix("[").removesuffix("]").partition("=")
    if not equals:
        raise RenderError(
            f"{part} does not say what to look for", next_step="write [field=value] in the path"
        )
    return field, value
