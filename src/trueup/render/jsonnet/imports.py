"""Which files a Jsonnet text imports, found without evaluating it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal, NamedTuple

How = Literal["import", "importstr", "importbin"]

_HOW: dict[str | None, How] = {
    "import": "import",
    "importstr": "importstr",
    "importbin": "importbin",
}

# What is not closed runs on to the end, and the groups are possessive: a text takes linear time.
_TOKEN = re.compile(
    r"""
    (?P<comment> //[^\n]* | \#[^\n]* | /\*(?s:.*?)(?:\*/|\Z) )
    | (?P<block> \|\|\|-?[ \t\r]*\n (?:[ \t\r]*+\n)*+ (?P<indent>[ \t]++)[^\n]*\n
        (?:(?P=indent)[^\n]*\n | [ \t\r]*\n)*+ (?:[ \t]*\|\|\|)? )
    | @"(?P<double>(?:[^"]|"")*+)(?:"|\Z)
    | @'(?P<single>(?:[^']|'')*+)(?:'|\Z)
    | "(?P<text>(?s:[^"\\]|\\.)*+)(?:"|\\?\Z)
    | '(?P<other>(?s:[^'\\]|\\.)*+)(?:'|\\?\Z)
    | (?P<word>[A-Za-z_][A-Za-z0-9_]*)
    | (?P<sign>[^\s])
    """,
    re.VERBOSE,
)
_REMEMBERED_TEXT = 128 * 1024
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))", re.DOTALL)
_ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


class Import(NamedTuple):
    """``path`` as it is written, relative to the file or to a library."""

    how: How
    path: str


def imports_of(text: str) -> tuple[Import, ...]:
    """The imports in ``text``, those that are never evaluated too.

    A library is imported by many files, so short texts are remembered.
    """
    return _remembered(text) if len(text) <= _REMEMBERED_TEXT else tuple(_found(text))


@lru_cache(maxsize=512)
def _remembered(text: str) -> tuple[Import, ...]:
    return tuple(_found(text))


def _found(text: str) -> Iterator[Import]:
    how: How | None = None
    for token in _TOKEN.finditer(text):
        if token.lastgroup == "comment":
            continue
        path = None if how is None else _literal(token)
        if how is not None and path is not None:
            yield Import(how, path)
        how = _HOW.get(token["word"])


def _literal(token: re.Match[str]) -> str | None:
    """What the string is that ``token`` writes; None if it is none."""
    if token["double"] is not None:
        return token["double"].replace('""', '"')
    if token["single"] is not None:
        return token["single"].replace("''", "'")
    escaped = token["text"] if token["text"] is not None else token["other"]
    return None if escaped is None else _ESCAPE.sub(_unescaped, escaped)


def _unescaped(found: re.Match[str]) -> str:
    code, char = found.groups()
    return chr(int(code, 16)) if code else _ESCAPES.get(char, char)
