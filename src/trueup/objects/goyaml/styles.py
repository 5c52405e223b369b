"""In which styles go-yaml writes a string."""

from __future__ import annotations

import base64
import re

from trueup.objects.goyaml.comments import BREAKS
from trueup.objects.yaml.escapes import ESCAPED, escape, escaped
from trueup.objects.yaml.scalars import needs_quotes

BREAK = re.compile(f"[{BREAKS}]")
_NOT_PRINTABLE = re.compile("[^\n\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd]")
_INDICATOR = re.compile(
    r"""---|\.\.\.|[#,\[\]{}&*!|>'"%@`]|[?:\-](?:[ \t]|$)|.*?(?::(?:[ \t]|\Z)|[ \t\r\n\x85\u2028\u2029]\#)""",
    re.DOTALL,
)
_SPACE_BREAK = re.compile(f" [{BREAKS}]")
_BREAK_SPACE = re.compile(f"[{BREAKS}] ")
_BASE64_LINE = 70


def is_string(text: str) -> bool:
    """Whether ``text`` written plain is a string to every reader of YAML."""
    return not needs_quotes(text) or (text[:1] == "." and "_" in text)


def fits_block(value: str) -> bool:
    special = _NOT_PRINTABLE.search(value.replace("\t", ""))
    return not (value[-1] == " " or _SPACE_BREAK.search(value) or special)


def fits_plain(value: str) -> bool:
    return (
        fits_single_quotes(value)
        and not BREAK.search(value)
        and " " not in (value[0], value[-1])
        and not _INDICATOR.match(value)
    )


def fits_single_quotes(value: str) -> bool:
    return not (
        _NOT_PRINTABLE.search(value) or _SPACE_BREAK.search(value) or _BREAK_SPACE.search(value)
    )


def double_quoted(value: str) -> str:
    if value[:1] == "\ufeff":  # go-yaml takes each character behind it for one that needs it
        return '"' + "".join(" " if char == " " else escaped(char) for char in value) + '"'
    return '"' + ESCAPED.sub(escape, value) + '"'


def base64_lines(content: bytes) -> str:
    encoded = base64.b64encode(content).decode()
    if len(encoded) < _BASE64_LINE:
        return encoded
    lines = (encoded[at : at + _BASE64_LINE] for at in range(0, len(encoded), _BASE64_LINE))
    return "".join(f"{line}\n" for line in lines)
