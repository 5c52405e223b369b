"""Lines of ``NAME=value``, with ``\\n`` for a line break in a value."""

from __future__ import annotations

from typing import Any

from trueup.errors import DecryptionError
from trueup.objects.gonumbers import format_float, without_fraction
from trueup.render.sops.metadata import Metadata
from trueup.render.sops.stores.extract import extract_prefixed
from trueup.render.sops.tree import Branch, Comment, Time, to_bytes, to_text


class DotenvStore:
    """Metadata are entries with a prefix."""

    def load_encrypted(self, content: bytes) -> tuple[list[Branch], Metadata]:
        found = Branch()
        for number, line in enumerate(to_text(content).split("\n"), start=1):
            if line.startswith("#"):
                found.append((Comment(line[1:]), None))
            elif line:
                name, sign, value = line.partition("=")
                if not sign:
                    raise DecryptionError(f"line {number}: has no =", next_step="add NAME=value")
                found.append((name, value.replace("\\n", "\n")))
        return extract_prefixed(found)

    def emit(self, branches: list[Branch]) -> bytes:
        entries = branches[0] if branches else Branch()
        return to_bytes("".join(_line(key, value) for key, value in entries))


def _line(key: Any, value: Any) -> str:
    if isinstance(key, Comment):
        return f"#{key.text}\n"
    escaped = value.replace("\n", "\\n") if isinstance(value, str) else value
    return f"{key}={plain(escaped, key)}\n"


def plain(value: Any, key: str) -> str:
    """``value`` in a format that knows only text; DecryptionError for a collection."""
    match value:
        case str():
            return value
        case None:
            return "<nil>"
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():
            text = format_float(value, "G")
            return text if "." in text or "E" in text else _with_decimal(text)
        case Time():
            return without_fraction(value.text)
    raise DecryptionError("is a collection, and the format has no form for one", subject=key)


def _with_decimal(text: str) -> str:
    return text if text[-1].isalpha() else f"{text}.0"
