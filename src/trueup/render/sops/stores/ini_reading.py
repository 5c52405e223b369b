"""From ini text to sections: quotes, values over several lines, and whose a comment is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from trueup.errors import DecryptionError
from trueup.render.sops.tree import Branch, Comment

SPACE: Final = " \t\n\v\f\r\x85\xa0"
DELIMITERS: Final = "=:"

_DEFAULT: Final = "DEFAULT"
_QUOTES: Final = ('"""', "`")


def read(text: str) -> Branch:
    """Section -> entries; DecryptionError for a line that is none of them."""
    return _Reader(text).read()


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
        self._lines: Iterator[str] = iter(_lines(text.removeprefix("\ufeff")))
        self._comment = ""
        self._unnamed = 0
        self._sections = [_Section(_DEFAULT, "")]

    def read(self) -> Branch:
        for raw in self._lines:
            line = raw.lstrip(SPACE)
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
            raise DecryptionError("a section has no name, or no end", subject=line.strip(SPACE))
        self._comment += _comment_in(rest)
        self._sections.append(_Section(name, self._comment.strip(SPACE)))
        self._comment, self._unnamed = "", 0

    def _add(self, line: str) -> None:
        name, rest = _name_of(line)
        if name == "-":
            self._unnamed += 1
            name = f"#{self._unnamed}"
        value = self._value(rest)
        if not name:
            raise DecryptionError("an entry has no name")
        self._sections[-1].keys[name] = (value, self._comment.strip(SPACE))
        self._comment = ""

    def _value(self, rest: str) -> str:
        line = rest.lstrip(SPACE)
        if not line:
            return ""
        quote = next((q for q in _QUOTES if line.startswith(q) and len(line) > len(q)), "")
        if quote == '"""' or line[0] == "`":
            quote = quote or "`"
            inside, end, _ = line[len(quote) :].rpartition(quote)
            return inside if end else self._several(line[len(quote) :], quote)
        line = line.rstrip(SPACE)
        if line[-1] == "\\":
            return self._continued(line[:-1])
        at = re.search("[#;]", line)
        if at:
            self._comment += line[at.start() :]
            line = line[: at.start()].strip(SPACE)
        return _unquoted(line)

    def _several(self, value: str, quote: str) -> str:
        for line in self._lines:
            inside, end, rest = line.rpartition(quote)
            if not end:
                value += line
                continue
            if rest.rstrip("\r\n").strip(SPACE).endswith("\\"):
                value += line
                continue
            self._comment += _comment_in(quote + rest).strip(SPACE)
            return value + inside
        raise DecryptionError("a value has no end", subject="a quoted value")

    def _continued(self, value: str) -> str:
        for line in self._lines:
            text = line.strip(SPACE)
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
        found = re.search(f"[{DELIMITERS}]", rest) if end else None
        if found is None:
            raise _no_entry(line)
        return name.strip(SPACE), rest[found.end() :]
    found = re.search(f"[{DELIMITERS}]", line)
    if found is None or found.start() == 0:
        raise _no_entry(line)
    return line[: found.start()].strip(SPACE), line[found.end() :]


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
