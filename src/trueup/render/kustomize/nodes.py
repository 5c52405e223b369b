"""The values that kustomize works on: mappings, lists, and scalars that remember their text.

kustomize edits YAML nodes, not values: a number that a replacement overwrites with ``abc`` keeps
its number tag, and only the output shows that this cannot be. So a string is a ``str`` here, any
other scalar a ``Plain`` with its text and tag. What takes the place of a scalar in quotes gets its
quotes, and is a string then: such a scalar is a ``Quoted``. All are immutable; a missing node is None.
"""

from __future__ import annotations

import base64
import math
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

from trueup.errors import RenderError
from trueup.objects.gonumbers import format_float
from trueup.objects.yaml.emit import format_number, quote
from trueup.objects.yaml.memo import SHORT, memo
from trueup.objects.yaml.scalars import (
    NULLS,
    SPECIAL_FLOATS,
    TRUE_FALSE,
    as_json_number,
    needs_quotes,
    parse_number,
    parse_timestamp,
)
from trueup.render.kustomize.folding import refolded

INT, FLOAT, BOOL, NULL, TIME = "!!int", "!!float", "!!bool", "!!null", "!!timestamp"
_UNREADABLE = re.compile("[\x7f-\x84\x86-\x9f\ufffe\uffff]")
_LINE_BREAKS = re.compile(" *\x85(?: *\x85)* *")
UNTYPED = ""
"""The tag of a scalar whose type its text will decide when it is written."""


class Plain(NamedTuple):
    """A scalar that is not known to be a string."""

    text: str
    tag: str


class Quoted(str):
    """A string that stands in quotes or in a block."""

    __slots__ = ()


class Folded(Quoted):
    """A string in a block that folds lines (``>``)."""

    __slots__ = ()


class FlowMapping(dict[str, Any]):
    """A mapping between braces."""

    __slots__ = ()


class FlowList(list[Any]):
    """A list between brackets."""

    __slots__ = ()


Node = Any
"""dict[str, Node], list[Node], str or Plain; None where there is no node."""


@memo(8192)
def plain(text: str) -> str | Plain:
    """The node of an unquoted scalar: the YAML 1.2 types, so ``yes`` and ``on`` are strings."""
    if text in TRUE_FALSE:
        return Plain(text, BOOL)
    if text in NULLS:
        return Plain(text, NULL)
    if text in SPECIAL_FLOATS:
        return Plain(text, FLOAT)
    if not text[0].isascii() or text[0].isalpha():
        return text
    if parse_timestamp(text) is not None:
        return Plain(text, TIME)
    number = parse_number(text)
    if number is None:
        return text
    return Plain(text, INT if isinstance(number, int) else FLOAT)


class NodeScalars:
    """Scalars for ``read_documents`` that keep text and tag."""

    plain = staticmethod(plain)

    def tagged(self, tag: str, text: str) -> str | Plain:
        if tag == "!":
            return plain(text)
        return text if tag == "!!str" else Plain(text, tag)

    def key(self, value: Any, depth: int) -> str | None:
        """kustomize cannot write a key that is no string, but for those of the object itself."""
        return text_of(value) if depth == 1 and not is_null(value) else None

    def quoted(self, text: str, style: str) -> Quoted:
        return Folded(text) if style == ">" else Quoted(text)

    def flow(self, found: Node) -> Node:
        return FlowMapping(found) if isinstance(found, dict) else FlowList(found)


class TextScalars(NodeScalars):
    """The same for text inside of an object, which is written anew as it was, keys and all."""

    def key(self, value: Any, depth: int) -> str | None:
        return text_of(value)

    def flow(self, found: Node) -> Node:
        return found


def text_of(node: Node) -> str:
    """The text of a scalar; empty for anything else."""
    if type(node) is str:
        return node
    if type(node) is Plain:
        return node.text
    return str(node) if isinstance(node, str) else ""


def is_null(node: Node) -> bool:
    """Whether ``node`` is missing or null."""
    return node is None or (type(node) is Plain and node.tag == NULL)


def is_empty(node: Node) -> bool:
    """Whether ``node`` is missing, null, or a collection without members."""
    return is_null(node) or (isinstance(node, dict | list) and not node)


def kind_of(node: Node) -> str:
    if isinstance(node, dict):
        return "mapping"
    return "list" if isinstance(node, list) else "scalar"


def is_scalar(node: Node) -> bool:
    return isinstance(node, str | Plain)


def with_text(node: Node, text: str) -> Node:
    """A scalar of the type of ``node`` with another text."""
    return Plain(text, node.tag) if type(node) is Plain else restyled(node, text)


def retyped(node: Node, text: str) -> Node:
    """A scalar set to ``text`` in the place of ``node``: without quotes, its text says its type."""
    return type(node)(text) if isinstance(node, Quoted) else Plain(text, UNTYPED)


def restyled(node: Node, new: Node) -> Node:
    """The scalar ``new`` in the place of ``node``, whose quotes it takes over, or has none."""
    if isinstance(node, Quoted):
        return type(node)(text_of(new))
    return str(new) if isinstance(new, Quoted) else new


def string(text: str) -> str:
    """``text`` as kustomize sets a new string: in quotes if YAML 1.1 could take it for another type."""
    return Quoted(text) if text and "\n" not in text and needs_quotes(text) else text


def clone(node: Node) -> Node:
    """A copy that shares nothing that can change."""
    kind = type(node)
    if kind is str or kind is Plain:
        return node
    if isinstance(node, dict):
        found = {key: clone(item) for key, item in node.items()}
        return FlowMapping(found) if kind is FlowMapping else found
    if isinstance(node, list):
        items = [clone(item) for item in node]
        return FlowList(items) if kind is FlowList else items
    return node


def weight(node: Node) -> int:
    """About how many bytes ``node`` takes when it is written."""
    if isinstance(node, dict):
        return sum(len(key) + weight(item) for key, item in node.items()) + 8
    if isinstance(node, list):
        return sum(map(weight, node)) + 8
    return len(text_of(node)) + 8


def new_key(key: str) -> str:
    """``key`` as one that kustomize adds: without quotes, so it has to be a string all the same."""
    if type(plain(key)) is Plain:
        raise RenderError(
            f"the key {key!r} would be read as a number, a boolean, a date or null",
            next_step="use another key, or write the object with the key in quotes",
        )
    return key


def written_string(text: str) -> str:
    """``text`` as it is after it was written as YAML and read again."""
    return text if "\n" not in text and quote(text) == text else Quoted(text)


def to_value(node: Node, in_flow: bool = False) -> Any:
    """``node`` as JSON-like data; RenderError where a text does not fit its type.

    ``in_flow`` says that it stands between braces or brackets.
    """
    kind = type(node)
    if kind is str:
        return node if node.isascii() and "\x7f" not in node else _readable(node)
    if isinstance(node, dict):
        in_flow = in_flow or kind is FlowMapping
        return {key: to_value(item, in_flow) for key, item in node.items()}
    if isinstance(node, list):
        in_flow = in_flow or kind is FlowList
        return [to_value(item, in_flow) for item in node]
    if isinstance(node, str):
        return _readable(refolded(node) if kind is Folded else str(node))
    if node is None:
        return None
    return node.text if in_flow and _is_quoted_in_flow(node) else _scalar_value(node)


def _is_quoted_in_flow(node: Plain) -> bool:
    """Whether kustomize writes it in quotes there, so that it is text: nothing, and a time of day."""
    return node.text == "" if node.tag == NULL else ":" in node.text and node.tag == TIME


def integer(value: int) -> Plain:
    return Plain(str(value), INT)


def go_float(value: int) -> Plain:
    """``value`` as Go writes a float: with a power from a million on, and a float it is then."""
    if abs(value) < 1_000_000:
        return integer(value)
    return Plain(format_float(float(value), "g"), FLOAT)


def from_value(
    value: Any,
    strings: Callable[[str], str] = written_string,
    integers: Callable[[int], Plain] = integer,
) -> Node:
    """JSON-like data as a node; ``strings`` makes those of strings, ``integers`` those of integers."""
    if isinstance(value, str):
        return strings(value)
    if isinstance(value, dict):
        return {key: from_value(item, strings, integers) for key, item in value.items()}
    if isinstance(value, list):
        return [from_value(item, strings, integers) for item in value]
    if value is None:
        return Plain("null", NULL)
    if isinstance(value, bool):
        return Plain("true" if value else "false", BOOL)
    if isinstance(value, int):
        return integers(value)
    return Plain(format_number(value), FLOAT)


def _readable(text: str) -> str:
    """``text``, or RenderError: kustomize writes these as they are, and no reader takes them."""
    if _UNREADABLE.search(text):
        raise RenderError(
            "control characters are not allowed in YAML",
            next_step="remove them, or give the value as binaryData",
        )
    return _LINE_BREAKS.sub(_folded, text) if "\x85" in text else text


def _folded(found: re.Match[str]) -> str:
    """NEL as a reader takes it between quotes: a break of the line, which folds."""
    return "\n" * (found[0].count("\x85") - 1) or " "


def _scalar_value(node: Plain) -> Any:
    return _short_value(node) if len(node.text) <= SHORT else _value(node)


@lru_cache(maxsize=8192)
def _short_value(node: Plain) -> Any:
    return _value(node)


def _value(node: Plain) -> Any:
    text, tag = node
    if tag == "!!binary":
        return base64.b64decode(text).decode("utf-8", "replace")
    meant = plain(text)
    meant_tag = meant.tag if type(meant) is Plain else "!!str"
    if tag == UNTYPED:
        tag = meant_tag
    if tag == "!!str" or tag not in (INT, FLOAT, BOOL, NULL, TIME):
        return text
    if tag != meant_tag and not (tag == FLOAT and meant_tag == INT):
        raise RenderError(
            f"cannot read {text!r} as {tag}: the field holds another type",
            next_step="give the field the type that the new value has",
        )
    return _typed_value(text, tag)


def _typed_value(text: str, tag: str) -> Any:
    if tag == BOOL:
        return TRUE_FALSE[text]
    if tag == NULL:
        return None
    if tag == TIME:
        return parse_timestamp(text)
    number = SPECIAL_FLOATS.get(text, parse_number(text))
    if number is None or not math.isfinite(number):
        raise RenderError(f"{text} is not a number that JSON can hold")
    return as_json_number(number) if isinstance(number, float) else number
