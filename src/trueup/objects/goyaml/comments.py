"""Which token a comment belongs to, and whether as a head, a foot or behind it, as go-yaml sees it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from yaml.tokens import FlowEntryToken, Token, ValueToken

BREAKS = "\r\n\x85\u2028\u2029"
ENDS = "\0" + BREAKS
BLANKS = " \t"
FARTHEST = 512
"""Blanks and empty lines between which a comment is looked for."""


class Mark(NamedTuple):
    """A place in the text; lines and columns from 0."""

    at: int
    line: int
    column: int


START = Mark(0, 0, 0)


@dataclass
class FoundComment:
    """``token``: where the token begins that it belongs to; a later token takes it too."""

    token: Mark
    start: Mark
    head: str = ""
    line: str = ""
    foot: str = ""
    scan: Mark = START
    end: Mark = START


class Source(Protocol):
    """The text, and the tokens that were found in it up to here."""

    index: int
    line: int
    column: int
    indent: int
    flow_level: int

    def char(self, ahead: int = 0) -> str:
        """The character so far ahead; NUL at the end."""
        ...

    def forward(self, length: int = 1) -> Any: ...

    def rest_of_line(self) -> str:
        """Takes it."""
        ...

    def newlines(self) -> int:
        """Line breaks since the last character that is neither break nor blank."""
        ...

    def recent(self) -> list[Token]:
        """The last two tokens."""
        ...


def mark_of(token: Token) -> Mark:
    mark = token.start_mark
    return Mark(mark.index, mark.line, mark.column)


def joined(above: str, below: str) -> str:
    """Two comments of which either may be empty."""
    return f"{above}\n{below}" if above and below else above or below


class Run:
    """Comment lines that follow each other, perhaps with empty lines between them."""

    def __init__(self, tokens: Source, scan: Mark) -> None:
        self._tokens = tokens
        self._scan = scan
        self._found: list[FoundComment] = []
        recent = tokens.recent()
        self._after = recent[-1]
        if isinstance(self._after, FlowEntryToken) and len(recent) > 1:
            self._after = recent[-2]
        self._token = mark_of(self._after)
        self._text = ""
        self._start = START
        self._line, self._column = tokens.line, tokens.column
        self._indent: int = max(tokens.indent, 0)
        newlines = tokens.newlines()
        self._first_empty = newlines <= 1
        self._foot_line = -1
        if scan.line > 0:
            behind = newlines == 0 and tokens.column > 1
            self._foot_line = tokens.line - newlines + 1 + behind

    def scan(self) -> list[FoundComment]:
        """Takes the lines from the text."""
        ahead, recent_empty, tokens = 0, False, self._tokens
        while ahead < FARTHEST:
            self._column += 1
            char = tokens.char(ahead)
            if char in BLANKS:
                ahead += 1
                continue
            closes = bool(tokens.flow_level) and char in "]}"
            if closes or char in ENDS:
                if closes or not recent_empty:
                    self._end_part(ahead, char, closes)
                if char not in BREAKS:
                    break
                self._first_empty, recent_empty = False, True
                self._column, self._line = 0, self._line + 1
                ahead += 1
                continue
            if self._text and self._is_dedented():
                self._add_foot(ahead)
            if char != "#":
                break
            self._add_line(ahead)
            recent_empty, ahead = False, 1
        if self._text:
            self._add_head(ahead)
        return self._found

    def _is_dedented(self) -> bool:
        outside = self._column - 1 < self._indent
        return bool(outside and self._column != self._start.column)

    def _end_part(self, ahead: int, char: str, closes: bool) -> None:
        """At an empty line: what was read is a foot, or the head of what comes, cut off by it."""
        dedented = self._start.column - 1 < self._indent
        below = self._start.line == self._foot_line and not isinstance(self._after, ValueToken)
        if closes or (self._first_empty and (below or dedented)):
            if self._text:
                if dedented:
                    self._token = self._start
                self._add_foot(ahead)
        elif self._text and char != "\0":
            self._text += "\n"

    def _add_foot(self, ahead: int) -> None:
        end = Mark(self._tokens.index + ahead, self._line, self._column)
        self._found.append(
            FoundComment(self._token, self._start, foot=self._text, scan=self._scan, end=end)
        )
        self._scan = self._token = end
        self._text = ""

    def _add_head(self, ahead: int) -> None:
        end = Mark(self._tokens.index + ahead - 1, self._line, self._column)
        self._found.append(
            FoundComment(self._start, self._start, head=self._text, scan=self._scan, end=end)
        )

    def _add_line(self, ahead: int) -> None:
        if self._text:
            self._text += "\n"
        else:
            self._start = Mark(self._tokens.index + ahead, self._line, self._column)
        self._tokens.forward(ahead)
        self._text += self._tokens.rest_of_line()
        self._column, self._line = 0, self._tokens.line
        self._indent = max(self._tokens.indent, 0)
