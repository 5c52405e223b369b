"""JSON: entries in their order, indented by tabs."""

from __future__ import annotations

import json
import re
from typing import Any, Final, NoReturn

from trueup.errors import DecryptionError
from trueup.objects.gonumbers import fits, format_float, parse_float
from trueup.render.sops.metadata import Metadata
from trueup.render.sops.stores.extract import extract
from trueup.render.sops.tree import Branch, Comment, Time, to_bytes

MAX_DEPTH: Final = 200

_SURROGATE = re.compile("[\ud800-\udfff]")
_ESCAPED = re.compile('[\x00-\x1f"\\\\<>&\u2028\u2029\ud800-\udfff]')
_SHORT = {"\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", '"': '\\"', "\\": "\\\\"}


class JsonStore:
    """Metadata are an entry."""

    def load_encrypted(self, content: bytes) -> tuple[list[Branch], Metadata]:
        return extract([load(content)])

    def emit(self, branches: list[Branch]) -> bytes:
        if not branches:
            raise DecryptionError("holds no document")
        return to_bytes(_text(branches[0], "") + "\n")


def load(content: bytes) -> Branch:
    """The mapping that ``content`` begins with; what follows it counts for nothing, as in SOPS."""
    text = content.decode("utf-8", "replace").lstrip(" \t\r\n")
    try:
        found, _ = _DECODER.raw_decode(text)
    except ValueError as error:
        where = f"line {error.lineno}: " if isinstance(error, json.JSONDecodeError) else ""
        cause = error.msg if isinstance(error, json.JSONDecodeError) else str(error)
        raise DecryptionError(f"{where}{cause}", next_step="correct the JSON there") from None
    if not isinstance(found, Branch):
        raise DecryptionError("is no mapping", next_step="put it into an object")
    whole = _whole(found, 0)
    assert isinstance(whole, Branch)
    return whole


def _refuse(text: str) -> NoReturn:
    raise ValueError(f"{text} is no value of JSON")


def _integer(text: str) -> int | float:
    if len(text) < 25 and fits(int(text)) and text != "-0":
        return int(text)
    return 0 if text == "-0" else parse_float(text)


_DECODER = json.JSONDecoder(
    object_pairs_hook=Branch,
    parse_int=_integer,
    parse_float=parse_float,
    parse_constant=_refuse,
)


def _whole(value: Any, depth: int) -> Any:
    """``value`` with U+FFFD for each half of a surrogate pair, which no text can hold."""
    if depth > MAX_DEPTH:
        raise DecryptionError(f"is nested deeper than {MAX_DEPTH} levels")
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)
    if isinstance(value, Branch):
        return Branch((_whole(key, depth), _whole(item, depth + 1)) for key, item in value)
    if isinstance(value, list):
        return [_whole(item, depth + 1) for item in value]
    return value


def _text(value: Any, indent: str) -> str:
    inner = indent + "\t"
    if isinstance(value, Branch):
        entries = [
            f"{_string(key)}: {_text(item, inner)}"
            for key, item in value
            if not isinstance(key, Comment)
        ]
        return _enclosed("{", entries, "}", indent)
    if isinstance(value, list):
        items = [_text(item, inner) for item in value if not isinstance(item, Comment)]
        return _enclosed("[", items, "]", indent)
    return _leaf(value)


def _enclosed(start: str, parts: list[str], end: str, indent: str) -> str:
    if not parts:
        return start + end
    inside = ",".join(f"\n{indent}\t{part}" for part in parts)
    return f"{start}{inside}\n{indent}{end}"


def _leaf(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():
            text = format_float(value, "json")
            if text[-1].isalpha():
                raise DecryptionError("holds a number that JSON has no form for")
            return text
        case str():
            return _string(value)
        case Time():
            return _string(value.text)
    raise DecryptionError("a comment stands where a value should, which JSON has no form for")


def _string(text: str) -> str:
    return '"' + _ESCAPED.sub(_escape, text) + '"'


def _escape(found: re.Match[str]) -> str:
    char = found[0]
    if "\ud800" <= char <= "\udfff":
        return "\\ufffd"
    return _SHORT.get(char) or f"\\u{ord(char):04x}"
