"""SOPS' tree of a YAML text: each comment becomes an entry of its own."""

from __future__ import annotations

from typing import Any

from trueup.errors import YamlError
from trueup.objects.goyaml.nodes import Node, read_nodes
from trueup.render.sops.tree import Branch, Comment
from trueup.render.sops.yaml.scalars import value_of

MAX_ALIASED_NODES = 100_000
"""Nodes that aliases may stand for in one text; beyond it is an alias bomb."""


def read(content: bytes) -> list[Branch]:
    """The documents of ``content``, one after the other.

    Raises YamlError with the line for what does not parse, for a document that is no mapping,
    and for a key that is twice in the first.
    """
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        raise YamlError("is not UTF-8") from error
    reader = _Reader()
    return [reader.document(node) for node in read_nodes(text)]


class _Reader:
    def __init__(self) -> None:
        self._is_first = True
        self._aliased = 0
        self._in_alias = 0

    def document(self, node: Node) -> Branch:
        found = Branch()
        _add(found, node.head)
        _add(found, node.line)
        self._root(node.items[0], found)
        _add(found, node.foot)
        self._is_first = False
        return found

    def _root(self, node: Node, found: Branch) -> None:
        _add(found, node.head)
        _add(found, node.line)
        if node.kind == "alias":
            assert node.target is not None
            self._root(node.target, found)
        elif node.kind == "mapping":
            self._entries(node, found)
        elif node.kind == "sequence":
            raise YamlError(
                f"line {node.line_number}: is a list, and only mappings can be encrypted"
            )
        elif value_of(node) is None:
            return
        else:
            raise YamlError(f"line {node.line_number}: is a value, and no mapping")
        _add(found, node.foot)

    def _mapping(self, node: Node, *, bare: bool) -> Branch:
        """``bare``: the comments around it are taken care of by who asks."""
        found = Branch()
        if not bare:
            _add(found, node.head)
            _add(found, node.line)
        self._entries(node, found)
        if not bare:
            _add(found, node.foot)
        return found

    def _entries(self, node: Node, found: Branch) -> None:
        seen: set[Any] = set()
        for key, value in zip(node.items[::2], node.items[1::2], strict=True):
            name = self._key(key)
            if self._is_first and (type(name), name) in seen:
                raise YamlError(f'line {key.line_number}: key "{name}" is already set')
            seen.add((type(name), name))
            if self._is_first and _is_merge(key) and not _can_merge(value):
                raise YamlError(f"line {value.line_number}: a merge (<<) needs mappings")
            _add(found, key.head)
            _add(found, key.line)
            is_leaf = value.kind in ("scalar", "alias")
            if is_leaf:
                _add(found, value.head)
                _add(found, value.line, inline=True)
            found.append((name, self._value(value, bare=is_leaf)))
            if is_leaf:
                _add(found, value.foot)
            _add(found, key.foot)

    def _key(self, node: Node) -> Any:
        while node.kind == "alias":
            assert node.target is not None
            node = node.target
        if node.kind != "scalar":
            raise YamlError(f"line {node.line_number}: a key is a string, and no collection")
        return value_of(node)

    def _value(self, node: Node, *, bare: bool) -> Any:
        if self._in_alias:
            self._aliased += 1
            if self._aliased > MAX_ALIASED_NODES:
                raise YamlError(
                    f"line {node.line_number}: aliases stand for more than {MAX_ALIASED_NODES} values"
                )
        if node.kind == "alias":
            return self._alias(node)
        if node.kind == "scalar":
            return value_of(node)
        if node.kind == "mapping":
            return self._mapping(node, bare=bare)
        return self._sequence(node, bare=bare)

    def _alias(self, node: Node) -> Any:
        assert node.target is not None
        self._in_alias += 1
        if self._in_alias > 200:
            raise YamlError(f"line {node.line_number}: an anchor contains itself")
        value = self._value(node.target, bare=False)
        self._in_alias -= 1
        return value

    def _sequence(self, node: Node, *, bare: bool) -> list[Any]:
        found: list[Any] = []
        if not bare:
            found += [*_lines(node.head), *_lines(node.line)]
        for item in node.items:
            found += [*_lines(item.head), *_lines(item.line, inline=True)]
            found.append(self._value(item, bare=True))
            found += _lines(item.foot)
        if not bare:
            found += _lines(node.foot)
        return found


def _is_merge(key: Node) -> bool:
    return key.tag == "!!merge" or (key.text == "<<" and key.is_plain and not key.tag)


def _can_merge(value: Node) -> bool:
    parts = value.items if value.kind == "sequence" else [value]
    targets = (part.target if part.kind == "alias" else part for part in parts)
    return all(target is not None and target.kind == "mapping" for target in targets)


def _add(found: Branch, comment: str, *, inline: bool = False) -> None:
    found += [(line, None) for line in _lines(comment, inline=inline)]


def _lines(comment: str, *, inline: bool = False) -> list[Comment]:
    return [Comment(line[1:], inline) for line in comment.split("\n") if line]
