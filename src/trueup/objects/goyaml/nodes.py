"""Nodes of a YAML text, and at each the comments that go-yaml would put there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, NoReturn

import yaml
from yaml.tokens import (
    AliasToken,
    AnchorToken,
    BlockEndToken,
    BlockEntryToken,
    BlockMappingStartToken,
    BlockSequenceStartToken,
    DirectiveToken,
    DocumentEndToken,
    DocumentStartToken,
    FlowEntryToken,
    FlowMappingEndToken,
    FlowMappingStartToken,
    FlowSequenceEndToken,
    FlowSequenceStartToken,
    KeyToken,
    ScalarToken,
    StreamEndToken,
    TagToken,
    Token,
    ValueToken,
)

from trueup.errors import YamlError
from trueup.objects.goyaml.tokens import Tokens

MAX_DEPTH = 200

_DOCUMENT = (DirectiveToken, DocumentStartToken, DocumentEndToken, StreamEndToken)
_TAG = "tag:yaml.org,2002:"


@dataclass(eq=False, slots=True)
class Node:
    """``items`` of a mapping are its keys and values in turn; of a document, its root."""

    kind: Literal["document", "mapping", "sequence", "scalar", "alias"]
    line_number: int = 0
    text: str = ""
    tag: str = ""
    """``!!int`` and its like, ``!custom``, or empty where the text has none."""
    is_plain: bool = False
    style: str = ""
    """The sign of a scalar's quotes or block; ``flow`` for a collection between brackets."""
    has_anchor: bool = False
    items: list[Node] = field(default_factory=list)
    target: Node | None = None
    head: str = ""
    line: str = ""
    foot: str = ""


def read_nodes(text: str) -> Iterator[Node]:
    """The documents of ``text``; raises YamlError with the line."""
    try:
        yield from _Composer(text).documents()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        where = f"line {mark.line + 1}: " if mark is not None else ""
        problem = getattr(error, "problem", None) or getattr(error, "reason", "is no YAML")
        raise YamlError(f"{where}{problem}", next_step="correct the YAML there") from error


class _Composer:
    def __init__(self, text: str) -> None:
        self._tokens = Tokens(text)
        self._anchors: dict[str, Node] = {}
        self._handles: dict[str, str] = {}
        self._stem = ""
        self._depth = 0

    def documents(self) -> Iterator[Node]:
        self._tokens.look()
        self._tokens.take()
        first = True
        while (document := self._start(first)) is not None:
            document.items.append(self._root(explicit=document.is_plain))
            self._end(document)
            yield document
            self._anchors = {}
            first = False

    def _start(self, first: bool) -> Node | None:
        """``is_plain`` says for once whether the document began with ``---``."""
        tokens = self._tokens
        while not first and isinstance(tokens.look(), DocumentEndToken):
            tokens.take()
        token = tokens.look()
        if isinstance(token, StreamEndToken):
            return None
        document = Node("document", _line(token))
        if first and not isinstance(token, _DOCUMENT):
            document.head = self._head_of_document()
            return document
        self._handles = {}
        while isinstance(token := tokens.look(), DirectiveToken):
            if token.name == "TAG":
                self._handles[token.value[0]] = token.value[1]
            tokens.take()
        if not isinstance(token, DocumentStartToken):
            self._fail(token, "expected the start of a document")
        tokens.take()
        document.is_plain = True
        return document

    def _head_of_document(self) -> str:
        """What stands above the last empty line in the comments at the top."""
        head = self._tokens.head
        for at in range(len(head) - 1, 0, -1):
            if head[at] != "\n":
                continue
            if at == len(head) - 1:
                self._tokens.head = ""
                return head[:at]
            if head[at - 1] == "\n":
                self._tokens.head = head[at + 1 :]
                return head[: at - 1]
        return ""

    def _root(self, *, explicit: bool) -> Node:
        token = self._tokens.look()
        if explicit and isinstance(token, _DOCUMENT):
            return _empty(token)
        return self._node(block=True)

    def _end(self, document: Node) -> None:
        if isinstance(self._tokens.look(), DocumentEndToken):
            self._tokens.take()
        end = Node("document")
        self._claim(end)
        document.foot = end.foot or end.head

    # Nodes

    def _claim(self, node: Node) -> None:
        """Give ``node`` the comments that were gathered."""
        tokens = self._tokens
        node.head, node.line, node.foot = tokens.head, tokens.line_comment, tokens.foot
        tokens.head = tokens.line_comment = tokens.foot = self._stem = ""

    def _node(self, *, block: bool, indentless: bool = False) -> Node:
        self._depth += 1
        token = self._tokens.look()
        if self._depth > MAX_DEPTH:
            self._fail(token, f"is nested deeper than {MAX_DEPTH} levels")
        node = self._alias() if isinstance(token, AliasToken) else self._own(block, indentless)
        self._depth -= 1
        return node

    def _alias(self) -> Node:
        token: Any = self._tokens.look()
        node = Node("alias", _line(token), target=self._anchors.get(token.value))
        if node.target is None:
            self._fail(token, f'unknown anchor "{token.value}"')
        self._claim(node)
        self._tokens.take()
        return node

    def _own(self, block: bool, indentless: bool) -> Node:
        anchor, tag = self._properties()
        token: Any = self._tokens.look()
        node = Node("scalar", _line(token), tag=tag)
        if anchor is not None:
            self._anchors[anchor] = node
            node.has_anchor = True
        if indentless and isinstance(token, BlockEntryToken):
            return self._indentless(node)
        if isinstance(token, ScalarToken):
            node.text, node.is_plain = token.value, token.style is None
            node.style = token.style or ""
            self._claim(node)
            self._tokens.take()
        elif isinstance(token, FlowSequenceStartToken):
            self._flow_sequence(node)
        elif isinstance(token, FlowMappingStartToken):
            self._flow_mapping(node)
        elif block and isinstance(token, BlockSequenceStartToken):
            self._block_sequence(node)
        elif block and isinstance(token, BlockMappingStartToken):
            self._block_mapping(node)
        elif anchor is not None or tag:
            node.is_plain = True
        else:
            self._fail(token, "expected a value")
        return node

    def _properties(self) -> tuple[str | None, str]:
        """The anchor and the tag, which may stand in either order."""
        anchor, tag = None, ""
        for _ in range(2):
            token: Any = self._tokens.look()
            if isinstance(token, AnchorToken) and anchor is None:
                anchor = str(token.value)
            elif isinstance(token, TagToken) and not tag:
                tag = self._tag(token)
            else:
                break
            self._tokens.take()
        return anchor, tag

    def _tag(self, token: Any) -> str:
        handle, suffix = token.value
        known = {"!": "!", "!!": _TAG, **self._handles}
        if handle is not None and handle not in known:
            self._fail(token, f'unknown tag handle "{handle}"')
        full = known.get(handle, "") + suffix
        return full.replace(_TAG, "!!") if full != "!" else ""

    # Block collections

    def _begin(self, node: Node, kind: Literal["mapping", "sequence"]) -> None:
        node.kind = kind
        node.head, self._stem = self._stem, ""
        self._tokens.take()

    def _block_sequence(self, node: Node) -> None:
        self._begin(node, "sequence")
        while isinstance(entry := self._tokens.look(), BlockEntryToken):
            token = self._after_entry()
            empty = isinstance(token, BlockEntryToken | BlockEndToken)
            node.items.append(_empty(entry) if empty else self._node(block=True))
        self._expect(entry, BlockEndToken, "expected - or the end of the list")

    def _indentless(self, node: Node) -> Node:
        """A list whose dashes stand below the key that it belongs to."""
        node.kind = "sequence"
        while isinstance(entry := self._tokens.look(), BlockEntryToken):
            token = self._after_entry()
            empty = isinstance(token, BlockEntryToken | KeyToken | ValueToken | BlockEndToken)
            node.items.append(_empty(entry) if empty else self._node(block=True))
        return node

    def _after_entry(self) -> Token:
        """Take a dash. What stood above it is the head of a collection that begins behind it."""
        tokens = self._tokens
        length = len(tokens.head)
        tokens.take()
        token = tokens.look()
        if length and isinstance(token, BlockSequenceStartToken | BlockMappingStartToken):
            self._stem, tokens.head = tokens.head[:length], tokens.head[length + 1 :]
        return token

    def _block_mapping(self, node: Node) -> None:
        self._begin(node, "mapping")
        while isinstance(self._tokens.look(), KeyToken):
            self._add_pair(node, self._block_key(), is_block=True)
        end = self._tokens.look()
        if not isinstance(end, BlockEndToken):
            self._fail(end, "expected a key")
        above = Node("mapping")
        self._claim(above)
        node.line, node.foot = above.line, above.foot
        if node.foot and node.items:
            node.items[-2].foot, node.foot = node.foot, ""
        self._tokens.take()

    def _block_key(self) -> Node:
        key = self._tokens.take()
        empty = isinstance(self._tokens.look(), KeyToken | ValueToken | BlockEndToken)
        return _empty(key) if empty else self._node(block=True, indentless=True)

    def _block_value(self) -> Node:
        token = self._tokens.look()
        if not isinstance(token, ValueToken):
            return _empty(token)
        self._tokens.take()
        empty = isinstance(self._tokens.look(), KeyToken | ValueToken | BlockEndToken)
        return _empty(token) if empty else self._node(block=True, indentless=True)

    def _add_pair(self, node: Node, key: Node, *, is_block: bool) -> None:
        """A foot is for the entry before, or for the whole of its own."""
        if is_block and key.foot and node.items:
            node.items[-2].foot, key.foot = key.foot, ""
        value = self._block_value() if is_block else self._flow_value()
        if not key.foot and value.foot:
            key.foot, value.foot = value.foot, ""
        node.items += [key, value]

    # Flow collections

    def _flow_sequence(self, node: Node) -> None:
        node.kind, node.style = "sequence", "flow"
        self._claim(node)
        self._tokens.take()
        while not isinstance(self._next_in_flow(node, FlowSequenceEndToken), FlowSequenceEndToken):
            is_pair = isinstance(self._tokens.look(), KeyToken)
            node.items.append(self._flow_pair() if is_pair else self._node(block=False))
        self._end_flow(node)

    def _flow_pair(self) -> Node:
        """``[key: value]``, a mapping of one entry."""
        pair = Node("mapping", _line(self._tokens.take()))
        token = self._tokens.look()
        if isinstance(token, ValueToken | FlowEntryToken | FlowSequenceEndToken):
            key = _empty(token)
        else:
            key = self._node(block=False)
        self._add_pair(pair, key, is_block=False)
        return pair

    def _flow_mapping(self, node: Node) -> None:
        node.kind, node.style = "mapping", "flow"
        self._claim(node)
        self._tokens.take()
        while not isinstance(self._next_in_flow(node, FlowMappingEndToken), FlowMappingEndToken):
            self._add_pair(node, self._flow_key(), is_block=False)
        self._end_flow(node)

    def _flow_key(self) -> Node:
        if isinstance(self._tokens.look(), KeyToken):
            self._tokens.take()
        token = self._tokens.look()
        empty = isinstance(token, ValueToken | FlowEntryToken | FlowMappingEndToken)
        return _empty(token) if empty else self._node(block=False)

    def _flow_value(self) -> Node:
        token = self._tokens.look()
        if not isinstance(token, ValueToken):
            return _empty(token)
        self._tokens.take()
        token = self._tokens.look()
        ends = FlowEntryToken | FlowMappingEndToken | FlowSequenceEndToken
        return _empty(token) if isinstance(token, ends) else self._node(block=False)

    def _next_in_flow(self, node: Node, end: type[Token]) -> Token:
        token = self._tokens.look()
        if not node.items or isinstance(token, end):
            return token
        self._expect(token, FlowEntryToken, "expected a comma or the end")
        return self._tokens.look()

    def _end_flow(self, node: Node) -> None:
        behind = Node(node.kind)
        self._claim(behind)
        node.line, node.foot = behind.line, behind.foot
        self._tokens.take()

    def _expect(self, token: Token, kind: type[Token], cause: str) -> None:
        if not isinstance(token, kind):
            self._fail(token, cause)
        self._tokens.take()

    def _fail(self, token: Token, cause: str) -> NoReturn:
        raise YamlError(f"line {_line(token)}: {cause}", next_step="correct the YAML there")


def _line(token: Token) -> int:
    return int(token.start_mark.line) + 1


def _empty(token: Token) -> Node:
    return Node("scalar", _line(token), is_plain=True)
