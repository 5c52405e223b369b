"""The values that a chart is given: files merged in order, then what flags set, as Helm does it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import inf, isfinite
from typing import Any

from trueup.errors import RenderError, YamlError
from trueup.render.helm.gotext import type_name
from trueup.render.helm.reading import value_documents
from trueup.render.helm.strvals import (
    Values,
    json_object,
    parse_into,
    parse_json_into,
    parse_literal_into,
)

Read = Callable[[str], bytes]
"""The content of a file that a flag names."""

Parse = Callable[[Values, str], None]


@dataclass(frozen=True, slots=True)
class ValueFlags:
    """Where values come from, by the names of Helm's flags; each kind later than the one before."""

    values: tuple[str, ...] = ()
    """Names of YAML files."""
    set_json: tuple[str, ...] = ()
    set: tuple[str, ...] = ()
    set_string: tuple[str, ...] = ()
    set_file: tuple[str, ...] = ()
    set_literal: tuple[str, ...] = ()


def merged_values(flags: ValueFlags, read: Read) -> Values:
    """All that ``flags`` say, in one; ``read`` gives the files that they name.

    Raises RenderError or YamlError with the flag or the file. A value set by a flag is never part
    of an error: it may be a secret.
    """
    values: Values = {}
    for name in flags.values:
        values = merge(values, load_values(read(name), name))
    for text in flags.set_json:
        values = _set_json(values, text)
    for flag, texts, parse in _later(flags, read):
        for text in texts:
            _naming(flag, parse, values, text)
    return values


def load_values(content: bytes | str, name: str) -> Values:
    """A values file: its documents, which have to be maps, merged."""
    values: Values = {}
    for document in value_documents(content, name):
        if not isinstance(document, dict):
            raise YamlError(
                f"holds {type_name(document)} where Helm wants a map",
                subject=name,
                next_step="write the values as keys of a map",
            )
        try:
            values = merge(values, as_json(document))
        except RenderError as error:
            error.subject = name
            raise
    return values


def merge(under: Mapping[str, Any], over: Mapping[str, Any]) -> Values:
    """Maps are merged; anything else, null too, replaces what was there."""
    merged = dict(under)
    for key, value in over.items():
        below = merged.get(key)
        if isinstance(value, Mapping) and isinstance(below, Mapping):
            merged[key] = merge(below, value)
        else:
            merged[key] = value
    return merged


def as_json(value: Any) -> Any:
    """``value`` with its numbers as Go has them behind JSON, which is how it reads YAML: as floats.

    What a template prints depends on it: 12345678 from a file is 1.2345678e+07, and from ``--set``
    it is not.
    """
    if isinstance(value, Mapping):
        return {key: as_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_json(item) for item in value]
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _as_float(value)
    return value


def _as_float(number: float) -> float:
    try:
        found = float(number)
    except OverflowError:
        found = inf
    if not isfinite(found):
        raise RenderError("a number is none that JSON can hold", next_step="write it as text")
    return found


def _later(flags: ValueFlags, read: Read) -> tuple[tuple[str, tuple[str, ...], Parse], ...]:
    """The flags behind files and JSON, in their order."""

    def from_file(values: Values, text: str) -> None:
        parse_into(values, text, lambda name: read(name).decode("utf-8", "replace"))

    def as_text(values: Values, text: str) -> None:
        parse_into(values, text, str)

    return (
        ("--set", flags.set, parse_into),
        ("--set-string", flags.set_string, as_text),
        ("--set-file", flags.set_file, from_file),
        ("--set-literal", flags.set_literal, parse_literal_into),
    )


def _set_json(values: Values, text: str) -> Values:
    """``{...}`` is merged like a file; anything else is ``key=json``."""
    if not text.strip().startswith("{"):
        _naming("--set-json", parse_json_into, values, text)
        return values
    try:
        return merge(values, json_object(text.strip()))
    except (ValueError, RecursionError) as error:
        raise RenderError("failed parsing --set-json data: it is not an object") from error


def _naming(flag: str, parse: Parse, values: Values, text: str) -> None:
    try:
        parse(values, text)
    except RenderError as error:
        raise RenderError(f"failed parsing {flag} data: {error.cause}") from error
