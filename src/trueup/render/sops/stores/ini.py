"""Sections of ``name = value``, by the rules of the Go library that SOPS uses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from trueup.errors import DecryptionError
from trueup.render.sops.metadata import Metadata
from trueup.render.sops.stores.dotenv import plain
from trueup.render.sops.stores.extract import extract, unflattened
from trueup.render.sops.tree import Branch, Comment, to_bytes, to_text

_DEFAULT: Final = "DEFAULT"
_SPACE: Final = " \t\n\v\f\r\x85\xa0"
_DELIMITERS: Final = "=:"
_QUOTES: Final = ('"""', "`")


class IniStore:
    """Metadata are a section."""

    def load_encrypted(self, content: bytes) -> tuple[list[Branch], Metadata]:
        return extract([_Reader(to_text(content)).read()], _metadata)

    def emit(self, branches: list[Branch]) -> bytes:
        sections = [entry for branch in branches for entry in branch]
        return to_bytes(_written([e for e in sections if not isinstance(e[0], Comment)]))


def _metadata(flat: Branch) -> Branch:
    breaks = ((key, v.replace("\\n", "\n") if isinstance(v, str) else v) for key, v in flat)
    return unflattened(Branch(breaks))


class _Section:
    def __init__(self, name: str, comment: str) -> None:
        self.name = name
        self.comment = comment
        self.keys: dict[str, tuple[str, str]] = {}
        """Name -> value and comment."""

    def branch(self) -> Branch:
        found = Branch()
        if self.comment:
            found.append((Comment(_bare(self.comment)), None))
        for name, (value, comment) in self.keys.items():
            found.append((name, value))
            if comment:
                found.append((Comment(_bare(comment)), None))
        return found


class _Reader:
    """Line by line; a value may take more of them."""

    def __init__(self, text: str) -> None:
        lines = text.removeprefix("\ufeff").splitlines(keepends=True) if text else []
        self._lines: Iterator[str] = iter(_lines(text.removeprefix("\ufeff")) if lines else [])
        self._comment = ""
        self._unnamed = 0
        self._sections = [_Section(_DEFAULT, "")]

    def read(self) -> Branch:
        for raw in self._lines:
            line = raw.lstrip(_SPACE)
            if not line:
                continue
            if line[0] in "#;":
                self._comment += line
            elif line[0] == "[":
                self._begin(line)
            else:
                self._add(line)
        return Branch((section.name, section.branch()) for section in self._sections)

    def _begin(self, line: str) -> None:
        name, end, rest = line[1:].rpartition("]")
        if not end or not name:
            raise DecryptionError("a section has no name, or no end", subject=line.strip(_SPACE))
        self._comment += _comment_in(rest)
        self._sections.append(_Section(name, self._comment.strip(_SPACE)))
        self._comment, self._unnamed = "", 0

    def _add(self, line: str) -> None:
        name, rest = _name_of(line)
        if name == "-":
            self._unnamed += 1
            name = f"#{self._unnamed}"
        value = self._value(rest)
        if not name:
            raise DecryptionError("an entry has no name")
        self._sections[-1].keys[name] = (value, self._comment.strip(_SPACE))
        self._comment = ""

    def _value(self, rest: str) -> str:
        line = rest.lstrip(_SPACE)
        if not line:
            return ""
        quote = next((q for q in _QUOTES if line.startswith(q) and len(line) > len(q)), "")
        if quote == '"""' or line[0] == "`":
            quote = quote or "`"
            inside, end, _ = line[len(quote) :].rpartition(quote)
            return inside if end else self._several(line[len(quote) :], quote)
        line = line.rstrip(_SPACE)
        if line[-1] == "\\":
            return self._continued(line[:-1])
        at = re.search("[#;]", line)
        if at:
            self._comment += line[at.start() :]
            line = line[: at.start()].strip(_SPACE)
        return _unquoted(line)

    def _several(self, value: str, quote: str) -> str:
        for line in self._lines:
            inside, end, rest = line.rpartition(quote)
            if not end:
                value += line
                continue
            if rest.rstrip("\r\n").strip(_SPACE).endswith("\\"):
                value += line
                continue
            self._comment += _comment_in(quote + rest).strip(_SPACE)
            return value + inside
        raise DecryptionError("a value has no end", subject="a quoted value")

    def _continued(self, value: str) -> str:
        for line in self._lines:
            text = line.strip(_SPACE)
            if not text:
                break
            value += text
            if value[-1] != "\\":
                break
            value = value[:-1]
        return value


def _lines(text: str) -> list[str]:
    return re.findall(r"[^\n]*\n|[^\n]+\Z", text)


def _comment_in(text: str) -> str:
    found = re.search("[#;]", text)
    return text[found.start() :] if found else ""


def _name_of(line: str) -> tuple[str, str]:
    """The name, and what follows its delimiter."""
    quote = ""
    if line[0] == '"':
        quote = '"""' if len(line) > 6 and line.startswith('"""') else '"'
    elif line[0] == "`":
        quote = "`"
    if quote:
        name, end, rest = line[len(quote) :].partition(quote)
        found = re.search(f"[{_DELIMITERS}]", rest) if end else None
        if found is None:
            raise _no_entry(line)
        return name.strip(_SPACE), rest[found.end() :]
    found = re.search(f"[{_DELIMITERS}]", line)
    if found is None or found.start() == 0:
        raise _no_entry(line)
    return line[: found.start()].strip(_SPACE), line[found.end() :]


def _no_entry(line: str) -> DecryptionError:
    return DecryptionError("a line is neither section, comment nor entry", subject=line[:1] + "…")


def _unquoted(line: str) -> str:
    for quote in "'\"":
        if len(line) >= 2 and line[0] == line[-1] == quote and line.count(quote) == 2:
            return line[1:-1]
    return line


def _bare(comment: str) -> str:
    if comment.startswith(";"):
        return comment.lstrip("; ")
    return comment.lstrip("# ") if comment.startswith("#") else comment


# Writing


def _written(sections: list[tuple[Any, Any]]) -> str:
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
            yield f"{line[0]} {line[1:].strip(_SPACE)}\n"
        else:
            yield f"; {line if keep_space else line.strip(_SPACE)}\n"


def _width(name: str) -> int:
    length = len(to_bytes(name))
    if '"' in name or any(sign in name for sign in _DELIMITERS):
        return length + 2
    return length + 6 if "`" in name else length


def _shown_name(name: str) -> str:
    if '"' in name or any(sign in name for sign in _DELIMITERS):
        return f"`{name}`"
    return f'"""{name}"""' if "`" in name else name


def _shown_value(value: str) -> str:
    if "\n" in value or "`" in value:
        return f'"""{value}"""'
    if "#" in value or ";" in value:
        return f"`{value}`"
    return f'"{value}"' if value.strip(_SPACE) != value else value
