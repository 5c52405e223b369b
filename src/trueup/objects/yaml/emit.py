"""YAML text as ``sigs.k8s.io/yaml`` writes it: block style, lists not indented under their key."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cmp_to_key
from typing import Any

from trueup.objects.gonumbers import format_float
from trueup.objects.yaml.escapes import ESCAPED, escape
from trueup.objects.yaml.memo import memo
from trueup.objects.yaml.scalars import as_json_number, needs_quotes

_MAX_SIMPLE_KEY = 128
_MAX_WIDTH = 80
_SPECIAL = re.compile("[^\n\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd]")
_BREAKS = "\n\r\x85\u2028\u2029"
_BREAK = re.compile(f"[{_BREAKS}]")
_SPACE_THEN_BREAK = re.compile(f" [{_BREAKS}]")
_BREAK_THEN_SPACE = re.compile(f"[{_BREAKS}] ")
_LINE_START = re.compile(f"(?<![^{_BREAKS}])(?=[^{_BREAKS}])")
_SEPARATOR_THEN_TEXT = re.compile("([\u2028\u2029])(?=[^'\u2028\u2029])")
_NOT_PLAIN = re.compile(
    r"""(?:---|\.\.\.|[#,\[\]{}&*!|>'"%@`]|[?:\-](?:[ \t]|$))|:(?:[ \t]|$)|[ ]\#"""
)
_ANY = re.compile(".", re.DOTALL)
"""go-yaml takes each character for a byte order mark where the text begins with one."""


def emit(value: Any, *, sort_keys: bool) -> str:
    """``value`` as one document that ends in a newline."""
    lines: list[str] = []
    _Writer(lines.append, sort_keys).document(value)
    return "".join(lines)


class _Writer:
    def __init__(self, write: Callable[[str], None], sort_keys: bool) -> None:
        self._write = write
        self._sort_keys = sort_keys

    def document(self, value: Any) -> None:
        if isinstance(value, dict) and value:
            self._mapping(value, "", "")
        elif isinstance(value, list) and value:
            self._sequence(value, "", "")
        else:
            self._leaf_line("", value, "  ")

    def _mapping(self, value: dict[str, Any], indent: str, first: str) -> None:
        """The entries of ``value``; the first one follows ``first`` on its line."""
        write = self._write
        start = first
        items = _sorted_items(value) if self._sort_keys else value.items()
        for key, item in items:
            quoted = _simple_key(key)
            if quoted is None:
                self._leaf_line(start + "? ", key, indent + "  ")
                self._item(item, indent, indent + ": ")
                start = indent
                continue
            head = start + quoted
            start = indent
            if isinstance(item, dict) and item:
                write(head + ":\n")
                inner = indent + "  "
                self._mapping(item, inner, inner)
            elif isinstance(item, list) and item:
                write(head + ":\n")
                self._sequence(item, indent, indent)
            elif type(item) is str and len(head) + len(item) < _MAX_WIDTH and item.isprintable():
                write(head + ": " + quote(item) + "\n")
            else:
                self._leaf_line(head + ": ", item, indent + "  ")

    def _sequence(self, value: list[Any], indent: str, first: str) -> None:
        start = first
        for item in value:
            self._item(item, indent, start + "- ")
            start = indent

    def _item(self, item: Any, indent: str, head: str) -> None:
        inner = indent + "  "
        if isinstance(item, dict) and item:
            self._mapping(item, inner, head)
        elif isinstance(item, list) and item:
            self._sequence(item, inner, head)
        else:
            self._leaf_line(head, item, inner)

    def _leaf_line(self, head: str, value: Any, indent: str) -> None:
        """A scalar or an empty collection after ``head``; ``indent`` is for lines that follow."""
        if isinstance(value, str):
            text = _literal(value, indent) if "\n" in value else quote(value)
            if text[0] != "|" and len(head) + len(text) > _MAX_WIDTH:
                text = _fold(text, len(head), indent)
            if text[0] == "'":
                text = _SEPARATOR_THEN_TEXT.sub(rf"\1{indent}", text)
        else:
            text = _leaf(value)
        self._write(head + text + "\n")


def _leaf(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return int.__repr__(value)
    if isinstance(value, float):
        return format_number(value)
    return "{}" if isinstance(value, dict) else "[]"


def _fold(text: str, column: int, indent: str) -> str:
    """``text``, which begins at ``column``, broken at spaces beyond the preferred width."""
    quote_mark = text[0] if text[0] in "'\"" else ""
    start, last = len(quote_mark), len(text) - 1 - len(quote_mark)
    parts = []
    begin = 0
    for found in re.finditer(" ", text):
        here = found.start()
        width = column + here - begin
        before, after = text[here - 1], text[here + 1 : here + 2]
        if width <= _MAX_WIDTH or (before == " ") or (quote_mark and not start < here < last):
            continue
        if after == " " and quote_mark != '"':
            continue
        parts.append(text[begin:here])
        begin = here + 1
        column = len(indent) + (after == " ")
        parts.append(f"\n{indent}" + ("\\" if after == " " else ""))
    return "".join(parts) + text[begin:]


@memo(4096)
def _simple_key(key: str) -> str | None:
    """``key`` as it stands before a colon; None where it has to follow a question mark."""
    if len(key) > _MAX_SIMPLE_KEY or len(key.encode()) > _MAX_SIMPLE_KEY or _BREAK.search(key):
        return None
    return quote(key)


@memo(16384)
def quote(text: str) -> str:
    """``text`` on one line: plain where a reader takes it for this string, else quoted."""
    if needs_quotes(text) or _SPECIAL.search(text):
        return _double_quoted(text)
    if _SPACE_THEN_BREAK.search(text) or _BREAK_THEN_SPACE.search(text):
        return _double_quoted(text)
    if (
        text[0] == " "
        or text[-1] == " "
        or _BREAK.search(text)
        or _NOT_PLAIN.match(text)
        or _has_indicator(text)
    ):
        return "'" + text.replace("'", "''") + "'"
    return text


def _has_indicator(text: str) -> bool:
    return ": " in text or " #" in text or text[-1] == ":"


def _double_quoted(text: str) -> str:
    characters = _ANY if text[:1] == "\ufeff" else ESCAPED
    return '"' + characters.sub(escape, text) + '"'


def _literal(text: str, indent: str) -> str:
    """A block scalar, or a quoted one where a block cannot hold ``text``."""
    if text[-1] == " " or _SPACE_THEN_BREAK.search(text) or _SPECIAL.search(text):
        return _double_quoted(text)
    hint = "2" if text[0] == " " or text[0] in _BREAKS else ""
    if text[-1] not in _BREAKS:
        hint += "-"
    elif len(text) == 1 or text[-2] in _BREAKS:
        hint += "+"
    body = _LINE_START.sub(indent, text)
    return f"|{hint}\n{body.removesuffix(chr(10))}"


def format_number(value: float) -> str:
    """``value`` as Go writes it, whole numbers as ints."""
    whole = as_json_number(value)
    return str(whole) if isinstance(whole, int) else format_float(whole, "g")


def _sorted_items(value: dict[str, Any]) -> list[tuple[str, Any]]:
    joined = "".join(value)
    if joined.isascii() and joined.isalpha():
        return sorted(value.items())
    return sorted(value.items(), key=_natural_order)


def _compare(left: str, right: str) -> int:
    """go-yaml's order of keys: letters by code point, digits by value, other signs first."""
    for position, (one, other) in enumerate(zip(left, right, strict=False)):
        if one == other:
            continue
        letter, other_letter = one.isalpha(), other.isalpha()
        if letter and other_letter:
            return -1 if one < other else 1
        if letter or other_letter:
            return -1 if other_letter else 1
        return _compare_digits(left, right, position)
    return len(left) - len(right)


def _compare_digits(left: str, right: str, position: int) -> int:
    lead = 0
    if left[position] == "0" or right[position] == "0":
        before = position - 1
        while before >= 0 and left[before].isdecimal():
            if left[before] != "0":
                lead = 1
                break
            before -= 1
    number, end = _digits_from(left, position, lead)
    other_number, other_end = _digits_from(right, position, lead)
    if number != other_number:
        return -1 if number < other_number else 1
    if end != other_end:
        return -1 if end < other_end else 1
    return -1 if left[position] < right[position] else 1


def _digits_from(text: str, position: int, value: int) -> tuple[int, int]:
    while position < len(text) and text[position].isdecimal():
        value = value * 10 + ord(text[position]) - ord("0")
        position += 1
    return (value + 2**63) % 2**64 - 2**63, position


_by_compare = cmp_to_key(_compare)


def _natural_order(item: tuple[str, Any]) -> Any:
    return _by_compare(item[0])
