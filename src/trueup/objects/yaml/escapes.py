"""How go-yaml writes a character of double-quoted text that it does not write as it is."""

from __future__ import annotations

import re

ESCAPED = re.compile('[^\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd]|["\\\\\u2028\u2029]')
"""The characters that need it."""
_NAMED = {
    "\0": "0",
    "\a": "a",
    "\b": "b",
    "\t": "t",
    "\n": "n",
    "\v": "v",
    "\f": "f",
    "\r": "r",
    "\x1b": "e",
    '"': '"',
    "\\": "\\",
    "\x85": "N",
    "\u2028": "L",
    "\u2029": "P",
}


def escape(found: re.Match[str]) -> str:
    """For ``re.sub``."""
    return escaped(found[0])


def escaped(char: str) -> str:
    if char in _NAMED:
        return "\\" + _NAMED[char]
    code = ord(char)
    if code <= 0xFF:
        return f"\\x{code:02X}"
    return f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"
