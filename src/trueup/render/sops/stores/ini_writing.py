"""From sections to ini text, with the signs of equality one below the other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from trueup.errors import DecryptionError
from trueup.render.sops.stores.dotenv import plain
from trueup.render.sops.stores.ini_reading import DELIMITERS, SPACE
from trueup.render.sops.tree import Branch, Comment, to_bytes

_DEFAULT = "DEFAULT"


def write(sections: list[tuple[Any, Any]]) -> str:
    parts: list[str | None] = []
    for name, branch in sections:
        if not isinstance(branch, Branch):
            raise DecryptionError("is no section, and INI holds only those", subject=str(name))
        parts.append(_section(name, branch, is_first=not parts))
    return "\n".join(part for part in parts if part is not None)


def _section(name: str, branch: Branch, *, is_first: bool) -> str | None:
    """None for a section without a name that is empty: nothing is written of it."""
    comment, entries = _entries(branch)
    text = "".join(_comment_lines(comment, keep_space=True)) if comment else ""
    if not is_first or name.upper() != _DEFAULT:
        text += f"[{name}]\n"
    elif not entries:
        return text or None
    width = max((_width(key) for key in entries), default=0)
    for key, (value, note) in entries.items():
        text += "".join(_comment_lines(note, keep_space=False)) if note else ""
        shown = _shown_name(key)
        text += f"{shown}{' ' * (width - len(to_bytes(shown)))} = {_shown_value(value)}\n"
    return text


def _entries(branch: Branch) -> tuple[str, dict[str, tuple[str, str]]]:
    """The section's comment, and its entries; a comment is of the entry before it."""
    comment, found, last = "", {}, None  # type: str, dict[str, tuple[str, str]], str | None
    for index, (key, value) in enumerate(branch):
        if not isinstance(key, Comment):
            known = found.get(key, ("", ""))
            found[key], last = (plain(value, key), known[1]), key
        elif index == 0:
            comment = key.text
        elif last is not None:
            found[last] = (found[last][0], key.text)
    return comment, found


def _comment_lines(comment: str, *, keep_space: bool) -> Iterator[str]:
    for line in comment.split("\n"):
        if not line:
            raise DecryptionError("a comment has an empty line, which INI has no form for")
        if line[0] in "#;":
            yield f"{line[0]} {line[1:].strip(SPACE)}\n"
        else:
            yield f"; {line if keep_space else line.strip(SPACE)}\n"


def _width(name: str) -> int:
    length = len(to_bytes(name))
    if '"' in name or any(sign in name for sign in DELIMITERS):
        return length + 2
    return length + 6 if "`" in name else length


def _shown_name(name: str) -> str:
    if '"' in name or any(sign in name for sign in DELIMITERS):
        return f"`{name}`"
    return f'"""{name}"""' if "`" in name else name


def _shown_value(value: str) -> str:
    if "\n" in value or "`" in value:
        return f'"""{value}"""'
    if "#" in value or ";" in value:
        return f"`{value}`"
    return f'"{value}"' if value.strip(SPACE) != value else value
