"""Nodes as YAML text: the layout of go-yaml's third version."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from trueup.objects.goyaml.comments import BREAKS
from trueup.objects.goyaml.styles import (
    BREAK,
    double_quoted,
    fits_block,
    fits_plain,
    fits_single_quotes,
    is_string,
)

_MAX_SIMPLE_KEY = 128


@dataclass(eq=False, slots=True)
class Out:
    """A node to print. ``text``: a string, in what style it needs; ``plain``: text as it is.

    ``tag`` is the type of a string that is printed before it.
    """

    kind: Literal["mapping", "sequence", "text", "plain"]
    value: str = ""
    tag: str = ""
    items: list[Out] = field(default_factory=list)
    head: str = ""
    line: str = ""
    foot: str = ""


class Emitter:
    """Comments wait in ``head``, ``line``, ``foot`` and ``tail`` until a place to print them comes.

    They are not tied to a node: one that found no place is printed at the next. ``width`` is by how
    much a block is indented; with ``compact`` lists stand below their key as they are.
    """

    def __init__(self, width: int = 4, *, compact: bool = False) -> None:
        self._width, self._compact = width, compact
        self._parts: list[str] = []
        self._column = 0
        self._indents = [-1]
        self._whitespace = self._indention = True
        self._foot_indent = -1
        self._head = self._line = self._foot = self._tail = self._key_line = ""
        self._documents = 0

    def text(self) -> str:
        return "".join(self._parts)

    def document(self, root: Out) -> None:
        if self._documents:
            self._write_indent()
            self._indicator("---", space=True)
            self._write_indent()
        self._documents += 1
        self._arrive(root)
        self._print_head()
        self._node(root)
        self._foot_indent = 0
        self._print_foot()
        self._foot_indent = -1
        self._write_indent()

    def _arrive(self, node: Out, *, tail: str = "", foot: str = "") -> None:
        """``node`` is next to be printed: its comments take the place of those that wait."""
        self._head = node.head or self._head
        self._tail = tail or self._tail
        if node.kind in ("text", "plain"):
            self._line = node.line or self._line
            self._foot = foot or self._foot

    def _depart(self, node: Out, *, tail: str = "") -> None:
        """The end of the collection ``node`` is next."""
        self._tail = tail or self._tail
        self._line = node.line or self._line
        self._foot = node.foot or self._foot

    # Nodes

    def _node(self, node: Out, *, in_sequence: bool = False, is_key: bool = False) -> None:
        """What waited behind is printed where the node is a leaf, or where it begins."""
        if node.kind in ("text", "plain"):
            self._scalar(node, in_sequence, is_key)
            self._print_behind(is_key)
            return
        if node.items:
            self._print_behind(is_key)
            (self._mapping if node.kind == "mapping" else self._sequence)(node, in_sequence)
        else:
            self._empty(node, in_sequence, is_key)

    def _print_behind(self, is_key: bool) -> None:
        if not is_key:
            self._print_line()
            self._print_foot()

    def _empty(self, node: Out, in_sequence: bool, is_key: bool) -> None:
        self._print_behind(is_key)
        is_mapping = node.kind == "mapping"
        self._indicator("{" if is_mapping else "[", space=True, is_space=True)
        self._increase(in_sequence, flow=True)
        self._depart(node)
        if is_mapping:
            self._print_head()
        self._indents.pop()
        if not is_mapping and self._column == 0:
            self._write_indent()
        self._indicator("}" if is_mapping else "]")
        self._print_line()
        self._print_foot()

    def _mapping(self, node: Out, in_sequence: bool) -> None:
        self._increase(in_sequence)
        tail = ""
        for key, value in zip(node.items[::2], node.items[1::2], strict=True):
            self._arrive(key, tail=tail)
            tail = key.foot
            self._print_head()
            self._write_indent()
            self._key_line, self._line = self._line or self._key_line, ""
            simple = is_simple(key)
            if not simple:
                self._indicator("?", space=True, is_indention=True)
            self._node(key, is_key=True)
            self._value(value, simple)
        self._depart(node, tail=tail)
        self._print_head()
        self._indents.pop()

    def _value(self, value: Out, simple: bool) -> None:
        self._arrive(value, foot=value.foot)
        if simple:
            self._indicator(":")
        else:
            self._write_indent()
            self._indicator(":", space=True, is_indention=True)
        self._place_key_line(value)
        self._node(value)

    def _place_key_line(self, value: Out) -> None:
        if not self._key_line:
            return
        if value.kind in ("text", "plain"):
            if not self._line:
                self._line, self._key_line = self._key_line, ""
        else:
            self._line, self._key_line = self._key_line, self._line
            self._print_line()
            self._line, self._key_line = self._key_line, self._line

    def _sequence(self, node: Out, in_sequence: bool) -> None:
        if self._compact and not in_sequence and self._indents[-1] >= 0:
            self._indents.append(self._indents[-1])
        else:
            self._increase(in_sequence)
        for item in node.items:
            self._arrive(item, foot=item.foot)
            self._print_head()
            self._write_indent()
            self._indicator("-", space=True, is_indention=True)
            self._node(item, in_sequence=True)
        self._depart(node)
        self._indents.pop()

    def _increase(self, in_sequence: bool, *, flow: bool = False) -> None:
        indent = self._indents[-1]
        if indent < 0:
            self._indents.append(self._width if flow else 0)
        elif in_sequence:
            self._indents.append(indent + 2)
        else:
            self._indents.append(self._width * ((indent + self._width) // self._width))

    # Scalars

    def _scalar(self, node: Out, in_sequence: bool, is_key: bool) -> None:
        if node.kind == "plain":
            self._write_plain(node.value)
            return
        tag = "!!merge" if node.value == "<<" else node.tag
        if tag:
            self._indicator(tag, space=True)
        self._increase(in_sequence, flow=True)
        simple = is_key and is_simple(node)
        self._write_string(node.value, simple, has_tag=bool(tag))
        self._indents.pop()

    def _write_string(self, value: str, simple: bool, *, has_tag: bool) -> None:
        if "\n" in value:
            if not simple and fits_block(value):
                self._literal(value)
            else:
                self._indicator(double_quoted(value), space=True)
        elif not has_tag and not is_string(value):
            self._indicator(double_quoted(value), space=True)
        elif fits_plain(value):
            self._write_plain(value)
        elif fits_single_quotes(value):
            self._single_quoted(value)
        else:
            self._indicator(double_quoted(value), space=True)

    def _write_plain(self, value: str) -> None:
        if value and not self._whitespace:
            self._put(" ")
        self._put(value)
        self._whitespace = self._whitespace and not value
        self._indention = False

    def _single_quoted(self, value: str) -> None:
        """Separators of Unicode stand for themselves; of breaks in a row the first comes twice."""
        self._indicator("'", space=True)
        broken = False
        for part in re.split("([\n\u2028\u2029])", value.replace("'", "''")):
            if part in ("\n", "\u2028", "\u2029"):
                self._parts.append("\n\n" if part == "\n" and not broken else part)
                self._column, self._indention, broken = 0, True, True
            elif part:
                if broken:
                    self._write_indent()
                self._put(part)
                self._indention = broken = False
        self._indicator("'")

    def _literal(self, value: str) -> None:
        self._block_header("|", value)
        begins = True
        for part in re.split(f"([{BREAKS}])", value):
            if part and part in BREAKS:
                self._break(part)
                begins = True
            elif part:
                if begins:
                    self._write_indent()
                self._put(part)
                self._indention = begins = False

    def _block_header(self, sign: str, value: str) -> None:
        self._indicator(sign, space=True)
        hint = str(self._width) if value[0] == " " or value[0] in BREAKS else ""
        if value[-1] not in BREAKS:
            hint += "-"
        elif len(value) == 1 or value[-2] in BREAKS:
            hint += "+"
        if hint:
            self._indicator(hint)
        if self._line:
            self._print_line()
        else:
            self._break()
        self._whitespace = True

    # Comments

    def _print_head(self) -> None:
        if self._tail:
            self._write_indent()
            self._comment(self._tail)
            self._tail, self._foot_indent = "", max(self._indents[-1], 0)
        if self._head:
            self._write_indent()
            self._comment(self._head)
            self._head = ""

    def _print_line(self) -> None:
        if self._line:
            if not self._whitespace:
                self._put(" ")
            self._comment(self._line)
            self._line = ""

    def _print_foot(self) -> None:
        if self._foot:
            self._write_indent()
            self._comment(self._foot)
            self._foot, self._foot_indent = "", max(self._indents[-1], 0)

    def _comment(self, text: str) -> None:
        breaks = pound = False
        for part in re.split(f"([{BREAKS}])", text):
            if part and part in BREAKS:
                self._break(part)
                breaks, pound = True, False
            elif part:
                if breaks:
                    self._write_indent()
                self._put(part if pound or part[0] == "#" else f"# {part}")
                pound, breaks, self._indention = True, False, False
        if not breaks:
            self._break()
        self._whitespace = True

    # Characters

    def _put(self, text: str) -> None:
        self._parts.append(text)
        self._column += len(text)

    def _break(self, sign: str = "\n") -> None:
        self._parts.append(sign)
        self._column, self._indention = 0, True

    def _write_indent(self) -> None:
        indent = max(self._indents[-1], 0)
        column = self._column
        if not self._indention or column > indent or (column == indent and not self._whitespace):
            self._break()
        if self._foot_indent == indent:
            self._break()
        self._put(" " * (indent - self._column))
        self._whitespace, self._foot_indent = True, -1

    def _indicator(
        self, text: str, *, space: bool = False, is_space: bool = False, is_indention: bool = False
    ) -> None:
        if space and not self._whitespace:
            self._put(" ")
        self._put(text)
        self._whitespace = is_space
        self._indention = self._indention and is_indention


def is_simple(key: Out) -> bool:
    if key.kind == "plain":
        return True
    return not BREAK.search(key.value) and len(key.value.encode()) <= _MAX_SIMPLE_KEY
