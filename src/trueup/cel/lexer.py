"""Text to tokens, by the lexical rules of the CEL specification."""

from __future__ import annotations

import math
import re
from typing import Any, Final, NamedTuple

from trueup.cel.values import UInt
from trueup.errors import ExpressionError

_TOKEN: Final = re.compile(
    r"""
      (?P<space>[\t\ \r\n\f]+|//[^\n]*)
    | (?P<text>[bB]?[rR]?(?:\"\"\"|'''|"|'))
    | (?P<float>\d+\.\d+(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+|\.\d+(?:[eE][+-]?\d+)?)
    | (?P<uint>(?:0x[0-9a-fA-F]+|\d+)[uU])
    | (?P<int>0x[0-9a-fA-F]+|\d+)
    | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
    | (?P<symbol>\|\||&&|[<>=!]=|[-+*/%!<>?:.,()\[\]{}])
    """,
    re.VERBOSE | re.ASCII,
)
_BODY: Final = {
    # (raw, quote): the rest of the literal, closing quote included
    (raw, quote): re.compile(
        (r"(.*?)" if raw else r"((?:[^\\]|\\.)*?)") + quote
        if len(quote) == 3
        else (rf"([^{quote}\r\n]*)" if raw else rf"((?:[^\\{quote}\r\n]|\\[^\r\n])*)") + quote,
        re.DOTALL,
    )
    for raw in (False, True)
    for quote in ("'", '"', "'''", '"""')
}
_ESCAPE: Final = re.compile(
    r"\\(?:([abfnrtv\\?\"'`])|[xX]([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-3][0-7]{2})|(.?))",
    re.DOTALL,
)
_SIMPLE: Final = dict(zip("abfnrtv\\?\"'`", "\a\b\f\n\r\t\v\\?\"'`", strict=True))


class Token(NamedTuple):
    """One word of an expression, and where it begins."""

    kind: str
    """``literal``, ``name``, ``symbol``, ``in``, or ``end``."""
    value: Any
    position: int


def tokens(text: str) -> list[Token]:
    """The tokens of ``text``, ending in one of kind ``end``; raises ExpressionError."""
    found: list[Token] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise syntax_error(text, at, f"unexpected {text[at]!r}")
        kind = str(match.lastgroup)
        if kind == "text":
            value, end = _quoted(text, match)
            found.append(Token("literal", value, at))
            at = end
            continue
        if kind != "space":
            found.append(_token(text, kind, match[0], at))
        at = match.end()
    found.append(Token("end", "", len(text)))
    return found


def syntax_error(text: str, at: int, cause: str) -> ExpressionError:
    """An error that shows line and column, both counted from 1."""
    line = text.count("\n", 0, at) + 1
    column = at - (text.rfind("\n", 0, at) + 1) + 1
    error = ExpressionError(f"{cause} at {line}:{column}", subject=text)
    error.place = (line, column)
    return error


def _token(text: str, kind: str, word: str, at: int) -> Token:
    if kind == "float":
        number = float(word)
        if math.isinf(number):
            raise syntax_error(text, at, "number out of range")
        return Token("literal", number, at)
    if kind == "uint":
        value = int(word[:-1], 0 if word.startswith("0x") else 10)
        if value >= 2**64:
            raise syntax_error(text, at, "unsigned integer out of range")
        return Token("literal", UInt(value), at)
    if kind == "int":
        return Token("literal", int(word, 0 if word.startswith("0x") else 10), at)
    if word in _CONSTANTS:
        return Token("literal", _CONSTANTS[word], at)
    return Token("in" if word == "in" else kind, word, at)


_CONSTANTS: Final[dict[str, bool | None]] = {"true": True, "false": False, "null": None}


def _quoted(text: str, opening: re.Match[str]) -> tuple[str | bytes, int]:
    prefix = opening[0].rstrip("'\"")
    quote = opening[0][len(prefix) :]
    raw, binary = "r" in prefix.lower(), "b" in prefix.lower()
    body = _BODY[raw, quote].match(text, opening.end())
    if body is None:
        raise syntax_error(text, opening.start(), "unterminated text")
    content = body[1].replace("\r\n", "\n").replace("\r", "\n")
    try:
        return (_to_bytes if binary else _to_text)(content, raw), body.end()
    except ValueError as error:
        raise syntax_error(text, opening.start(), str(error)) from error


def _to_text(content: str, raw: bool) -> str:
    return content if raw else _ESCAPE.sub(_unescape, content)


def _unescape(match: re.Match[str]) -> str:
    simple, *codes, octal, other = match.groups()
    if simple:
        return _SIMPLE[simple]
    if other is not None:
        raise ValueError(f"unknown escape {match[0]}")
    code = int(octal, 8) if octal else int(next(c for c in codes if c), 16)
    if 0xD800 <= code < 0xE000 or code > 0x10FFFF:
        raise ValueError(f"{match[0]} is no character")
    return chr(code)


def _to_bytes(content: str, raw: bool) -> bytes:
    if raw:
        return content.encode()
    parts: list[bytes] = []
    end = 0
    for match in _ESCAPE.finditer(content):
        if match[3] or match[4]:
            raise ValueError(f"{match[0]} is not allowed in bytes")
        parts.append(content[end : match.start()].encode())
        char = _unescape(match)
        parts.append(char.encode("latin-1"))
        end = match.end()
    parts.append(content[end:].encode())
    return b"".join(parts)
