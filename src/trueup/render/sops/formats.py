"""The formats that SOPS keeps documents in, and how an encrypted one is known."""

from __future__ import annotations

from enum import StrEnum


class Format(StrEnum):
    """By the names that SOPS gives them."""

    BINARY = "binary"
    DOTENV = "dotenv"
    INI = "ini"
    JSON = "json"
    YAML = "yaml"


_SUFFIXES = {
    ".yaml": Format.YAML,
    ".yml": Format.YAML,
    ".json": Format.JSON,
    ".env": Format.DOTENV,
    ".ini": Format.INI,
}
_MARKS = {
    Format.BINARY: b'"mac": "ENC[',
    Format.JSON: b'"mac": "ENC[',
    Format.DOTENV: b"sops_mac=ENC[",
    Format.INI: b"[sops]",
    Format.YAML: b"mac: ENC[",
}


def format_of_path(path: str) -> Format:
    """By the end of the file's name; anything else is binary."""
    return next((form for end, form in _SUFFIXES.items() if path.endswith(end)), Format.BINARY)


def has_mark(content: bytes, form: Format) -> bool:
    """Whether ``content`` looks encrypted, in the format ``form``."""
    return _MARKS[form] in content


def format_by_mark(content: bytes) -> Format | None:
    """The format in which ``content`` looks encrypted; None if it does not."""
    forms = (Format.JSON, Format.DOTENV, Format.INI, Format.YAML)
    return next((form for form in forms if has_mark(content, form)), None)
