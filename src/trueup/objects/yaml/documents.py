"""Values from YAML text: libyaml's events, and a builder that holds hostile input in bounds.

Building from events is twice as fast as PyYAML's own loader, and libyaml's composer, which
overflows the C stack on deep nesting, is never entered.
"""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Callable, Iterator
from typing import Any, Literal, NoReturn, Protocol

import yaml
from yaml.cyaml import CParser  # type: ignore[attr-defined]  # the stubs lack it
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    StreamEndEvent,
)

from trueup.errors import YamlError
from trueup.objects.yaml.scalars import Scalar, as_json_number, resolve

MAX_DEPTH = 200
MAX_ALIASED_NODES = 400_000
"""Nodes that aliases may stand for in one text; beyond it is an alias bomb."""

Duplicates = Literal["refuse", "first", "last"]

_TAG = "tag:yaml.org,2002:"
_OPEN = object()
_TYPES: dict[str, type | tuple[type, ...]] = {
    "!!int": int,
    "!!float": (int, float),
    "!!bool": bool,
    "!!null": type(None),
}


class Scalars(Protocol):
    """What scalars become. ValueError says that one cannot be read."""

    def plain(self, text: str) -> Any:
        """The value of a scalar without quotes and without a tag."""

    def tagged(self, tag: str, text: str) -> Any:
        """The value of a scalar with a tag: ``!!int`` and its like, or ``!custom``."""

    def key(self, value: Any, depth: int) -> str | None:
        """The key that a scalar's value makes, if it is no string; None if it makes none.

        ``depth`` is 1 in the outermost mapping.
        """

    def quoted(self, text: str, style: str) -> Any:
        """The value of a scalar in quotes or in a block; ``style`` is its mark, as in ``>``."""

    def flow(self, found: Any) -> Any:
        """The value of a mapping between braces, or a list between brackets."""


class KubernetesScalars:
    """Scalars as ``sigs.k8s.io/yaml`` hands them on to JSON."""

    def plain(self, text: str) -> Scalar:
        value = resolve(text)
        if isinstance(value, float):
            if not math.isfinite(value):
                raise ValueError(f"{text} is not a number that JSON can hold")
            return as_json_number(value)
        return value

    def tagged(self, tag: str, text: str) -> Scalar:
        if tag == "!!binary":
            return base64.b64decode(text).decode()
        if tag not in _TYPES:
            return text
        value = self.plain(text)
        if isinstance(value, bool) != (tag == "!!bool") or not isinstance(value, _TYPES[tag]):
            raise ValueError(f"cannot read {text!r} as {tag}")
        return value

    def key(self, value: Any, depth: int) -> str | None:
        if isinstance(value, bool):
            return "true" if value else "false"
        return None if value is None else str(value)

    def quoted(self, text: str, style: str) -> Scalar:
        return text

    def flow(self, found: Any) -> Any:
        return found


KUBERNETES = KubernetesScalars()


def read_documents(
    text: str | bytes,
    source: str = "",
    *,
    scalars: Scalars = KUBERNETES,
    duplicates: Duplicates = "refuse",
) -> Iterator[Any]:
    """The documents of ``text``, one after the other; an empty one is None.

    ``scalars`` gives scalars their value; ``duplicates`` says which value of a repeated key counts,
    if any. Raises
    YamlError with the line for what does not parse, and for what is too deep or has too many
    aliases.
    """
    if scalars is KUBERNETES and text[:1] in ("{", "[", b"{", b"["):
        found = _read_json(text)
        if found is not None:
            yield found
            return
    yield from _Builder(text, source, scalars, duplicates).documents()


def _read_json(text: str | bytes) -> Any:
    """JSON text as a value, or None where the YAML reader has to decide or to complain."""
    try:
        value = json.loads(
            text,
            object_pairs_hook=_unique,
            parse_int=KUBERNETES.plain,
            parse_float=KUBERNETES.plain,
            parse_constant=_refuse,
        )
        if "\\ud" in (text if isinstance(text, str) else text.decode()).lower():
            json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return None
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("duplicate key")
    return found


def _refuse(text: str) -> NoReturn:
    raise ValueError(text)


class _Builder:
    """One pass over the events of one text."""

    def __init__(self, text: str | bytes, source: str, scalars: Scalars, duplicates: str) -> None:
        self._source = source
        self._scalars = scalars
        self._plain = scalars.plain
        self._quoted = scalars.quoted
        self._duplicates = duplicates
        self._anchors: dict[str, Any] = {}
        self._aliased = 0
        try:
            self._next: Callable[[], Any] = CParser(text).get_event
        except yaml.YAMLError as error:
            raise self._syntax_error(error) from error

    def documents(self) -> Iterator[Any]:
        try:
            while True:
                event = self._next()
                if type(event) is StreamEndEvent:
                    return
                if type(event) is DocumentStartEvent:
                    self._anchors = {}
                    yield self._node(self._next(), 0)
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            raise self._syntax_error(error) from error

    def _node(self, event: Any, depth: int) -> Any:
        kind = type(event)
        if kind is ScalarEvent:
            value = self._scalar(event)
            if event.anchor is not None:
                self._anchors[event.anchor] = value
            return value
        if kind is AliasEvent:
            return self._alias(event)
        if depth >= MAX_DEPTH:
            self._fail(event, f"is nested deeper than {MAX_DEPTH} levels")
        anchor = event.anchor
        if anchor is not None:
            self._anchors[anchor] = _OPEN
        build = self._mapping if kind is MappingStartEvent else self._sequence
        value = build(depth + 1)
        if event.flow_style:
            value = self._scalars.flow(value)
        if anchor is not None:
            self._anchors[anchor] = value
        return value

    def _sequence(self, depth: int) -> list[Any]:
        items: list[Any] = []
        while True:
            event = self._next()
            if type(event) is SequenceEndEvent:
                return items
            items.append(self._node(event, depth))

    def _mapping(self, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        merges: list[Any] = []
        while True:
            event = self._next()
            if type(event) is MappingEndEvent:
                break
            if type(event) is ScalarEvent and event.value == "<<" and event.implicit[0]:
                merges.append(self._merge_value(event, depth))
                continue
            key = self._key(event, depth)
            known = key in found
            if known and self._duplicates == "refuse":
                self._fail(event, f'key "{key}" is already set in this mapping')
            value = self._node(self._next(), depth)
            if not known or self._duplicates == "last":
                found[key] = value
        for merged in merges:
            for key, value in merged.items():
                found.setdefault(key, value)
        return found

    def _merge_value(self, event: Any, depth: int) -> dict[str, Any]:
        value = self._node(self._next(), depth)
        parts = value if isinstance(value, list) else [value]
        merged: dict[str, Any] = {}
        for part in parts:
            if not isinstance(part, dict):
                self._fail(event, "a merge (<<) needs a mapping or a list of mappings")
            for key, item in part.items():
                merged.setdefault(key, item)
        return merged

    def _key(self, event: Any, depth: int) -> str:
        node = self._node(event, depth)
        if isinstance(node, str):
            return str(node)
        key = None if isinstance(node, dict | list) else self._scalars.key(node, depth)
        if key is None:
            self._fail(event, "a key is a string; put it in quotes")
        return key

    def _scalar(self, event: ScalarEvent) -> Any:
        text: str = event.value
        tag = event.tag
        if event.style and tag in (None, "!"):
            return self._quoted(text, event.style)
        try:
            if tag is None:
                return self._plain(text)
            return self._scalars.tagged(tag.replace(_TAG, "!!"), text)
        except ValueError as error:
            self._fail(event, str(error))

    def _alias(self, event: AliasEvent) -> Any:
        if event.anchor not in self._anchors:
            self._fail(event, f'unknown anchor "{event.anchor}"')
        value = self._anchors[event.anchor]
        if value is _OPEN:
            self._fail(event, f'anchor "{event.anchor}" contains itself')
        return self._copy(value, event)

    def _copy(self, value: Any, event: Any) -> Any:
        self._aliased += 1
        if self._aliased > MAX_ALIASED_NODES:
            self._fail(event, f"aliases stand for more than {MAX_ALIASED_NODES} values")
        if isinstance(value, dict):
            return {key: self._copy(item, event) for key, item in value.items()}
        if isinstance(value, list):
            return [self._copy(item, event) for item in value]
        return value

    def _fail(self, event: Any, cause: str) -> NoReturn:
        line = event.start_mark.line + 1
        raise YamlError(f"line {line}: {cause}", subject=self._source)

    def _syntax_error(self, error: Exception) -> YamlError:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or str(error).splitlines()[0]
        where = f"line {mark.line + 1}: " if mark is not None else ""
        return YamlError(
            f"{where}{problem}", subject=self._source, next_step="correct the YAML there"
        )
