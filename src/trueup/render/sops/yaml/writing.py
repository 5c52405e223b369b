"""A tree as YAML text, in the bytes of SOPS: comments kept, blocks indented by four.

``_tree`` hands comments to the nodes that go-yaml will print them with; ``emitter`` prints.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from trueup.errors import DecryptionError
from trueup.objects.gonumbers import format_float
from trueup.objects.goyaml.comments import joined
from trueup.objects.goyaml.emitter import Emitter, Out
from trueup.objects.goyaml.styles import base64_lines
from trueup.render.sops.tree import Branch, Comment, Time, is_utf8, to_bytes


def write(branches: Sequence[Branch]) -> str:
    """``branches`` as documents."""
    emitter = Emitter()
    for branch in branches:
        emitter.document(_mapping(branch))
    return emitter.text()


class _Pending:
    """Comments that wait for the node they are printed with."""

    def __init__(self, collection: Out) -> None:
        self._collection = collection
        self._heads: list[str] = []
        self._inlines: list[str] = []

    def add(self, comment: Comment) -> None:
        (self._inlines if comment.inline else self._heads).append(comment.text)

    def before(self, first: Out, value: Out) -> None:
        """What stands before the first entry belongs to the collection itself."""
        target = first if self._collection.items else self._collection
        if self._heads:
            target.head = joined(_text(self._heads), target.head)
        if self._inlines:
            value.line = joined(value.line, _text(self._inlines))
        self._heads, self._inlines = [], []

    def end(self, back: int) -> None:
        """What is left is a foot of the last entry, which is ``back`` nodes from the end."""
        left = [*self._heads, *self._inlines]
        if left and self._collection.items:
            last = self._collection.items[-back]
            last.foot = joined(last.foot, _text(left))
        elif left:
            self._collection.head = joined(_text(left), self._collection.head)


def _mapping(branch: Branch) -> Out:
    mapping = Out("mapping")
    pending = _Pending(mapping)
    for key, item in branch:
        if isinstance(key, Comment):
            pending.add(key)
            continue
        name, value = _node(key), _node(item)
        pending.before(name, value)
        mapping.items += [name, value]
    pending.end(back=2)
    return mapping


def _sequence(items: Sequence[Any]) -> Out:
    sequence = Out("sequence")
    pending = _Pending(sequence)
    for item in items:
        if isinstance(item, Comment):
            pending.add(item)
            continue
        node = _node(item)
        pending.before(node, node)
        sequence.items.append(node)
    pending.end(back=1)
    return sequence


def _text(lines: Sequence[str]) -> str:
    return "#" + "\n#".join(lines)


def _node(value: Any) -> Out:
    match value:
        case Branch():
            return _mapping(value)
        case list():
            return _sequence(value)
        case str():
            return _text_node(value)
        case None:
            return Out("plain", "null")
        case bool():
            return Out("plain", "true" if value else "false")
        case int():
            return Out("plain", str(value))
        case float():
            text = format_float(value, "g")
            return Out("plain", _SPECIAL.get(text, text))
        case Time():
            return Out("plain", value.text)
    raise DecryptionError("a comment stands where a value should, which YAML has no form for")


def _text_node(value: str) -> Out:
    """What is not UTF-8 is written as base64."""
    if is_utf8(value):
        return Out("text", value)
    return Out("text", base64_lines(to_bytes(value)), tag="!!binary")


_SPECIAL = {"+Inf": ".inf", "-Inf": "-.inf", "NaN": ".nan"}
