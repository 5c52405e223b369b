"""The tokens of a YAML text, and beside them its comments, each tied to a token.

A comment is a head (above what it tells of), a line (behind it) or a foot (below it, with an empty
line after it); what decides is where go-yaml looks: indentation, empty lines, the token before.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import yaml
from yaml.reader import Reader
from yaml.scanner import Scanner, ScannerError
from yaml.tokens import (
    BlockEndToken,
    BlockEntryToken,
    BlockSequenceStartToken,
    DirectiveToken,
    DocumentEndToken,
    DocumentStartToken,
    FlowEntryToken,
    StreamEndToken,
    Token,
    ValueToken,
)

_BREAKS = "\r\n\x85\u2028\u2029"
_ENDS = "\0" + _BREAKS
_BLANKS = " \t"
_LOOKAHEAD = 3
"""Tokens that are there before the first is taken: a foot must be known when its owner is."""

_FARTHEST = 512
"""Blanks and empty lines between which a comment is looked for."""

_DIRECTIVES = (DirectiveToken, DocumentStartToken, DocumentEndToken, StreamEndToken)


class Mark(NamedTuple):
    """A place in the text; lines and columns from 0."""

    at: int
    line: int
    column: int


_START = Mark(0, 0, 0)


@dataclass
class FoundComment:
    """``token``: where the token begins that it belongs to; a later token takes it too."""

    token: Mark
    start: Mark
    head: str = ""
    line: str = ""
    foot: str = ""
    scan: Mark = _START
    end: Mark = _START


class Tokens(Reader, Scanner):
    """``head``, ``line`` and ``foot`` gather the comments up to the token that was looked at last."""

    def __init__(self, text: str) -> None:
        Reader.__init__(self, text)
        Scanner.__init__(self)
        self.head = self.line_comment = self.foot = ""
        self._comments: list[FoundComment] = []
        self._given = 0
        self._taken: list[Token] = []
        self._scan = _START

    # Handing out

    def look(self) -> Token:
        """The next token, which stays."""
        token: Token = self.peek_token()  # type: ignore[no-untyped-call]
        self._gather(token)
        return token

    def take(self) -> Token:
        token: Token = self.get_token()  # type: ignore[no-untyped-call]
        self._taken = [*self._taken[-1:], token]
        return token

    def _gather(self, token: Token) -> None:
        while self._given < len(self._comments):
            comment = self._comments[self._given]
            if token.start_mark.index < comment.token.at:
                return
            if comment.head and isinstance(token, BlockEndToken):
                return
            self.head = _joined(self.head, comment.head)
            self.line_comment = _joined(self.line_comment, comment.line)
            self.foot = _joined(self.foot, comment.foot)
            self._given += 1

    # Scanning

    def need_more_tokens(self) -> bool:
        if self.done:
            return False
        if len(self.tokens) < _LOOKAHEAD:
            return True
        self.stale_possible_simple_keys()
        at_key = self.next_possible_simple_key() == self.tokens_taken  # type: ignore[no-untyped-call]
        return bool(at_key)

    def fetch_more_tokens(self) -> None:
        self._scan = self._mark()
        self.scan_to_next_token()
        self.stale_possible_simple_keys()
        self.unwind_indent(self.column)
        mark = self._mark()
        recent = self._recent()
        if recent and self._char() == (":" if not self.flow_level else ","):
            mark = _mark_of(recent[-1])
        before = len(self.tokens)
        super().fetch_more_tokens()
        last = self.tokens[-1] if self.tokens else None
        if len(self.tokens) > before and not isinstance(last, (*_DIRECTIVES, BlockEntryToken)):
            self._scan_line_comment(mark)

    def scan_to_next_token(self) -> None:
        scan = self._mark()
        while True:
            if self.index == 0 and self._char() == "\ufeff":
                self.forward()
            while self._char() == " " or (
                self._char() == "\t" and (self.flow_level or not self.allow_simple_key)
            ):
                self.forward()
            self._turn_line_into_head()
            if self._char() == "#":
                self._scan_comments(scan)
            if self._char() not in _BREAKS:
                return
            self.scan_line_break()  # type: ignore[no-untyped-call]
            if not self.flow_level:
                self.allow_simple_key = True

    def unwind_indent(self, column: int) -> None:
        """Ends blocks; an end moves before the comments that are feet of what is around it."""
        if self.flow_level:
            return
        scan = self._scan if column >= 0 else self._mark()  # at the end of a document all ends here
        at = Mark(scan.at - 1, scan.line, scan.column)
        while self.indent > column:
            stop = at.at
            for comment in reversed(self._comments):
                if comment.end.at < stop:
                    break
                if comment.start.column == self.indent + 1:
                    at = comment.start
                stop = comment.scan.at
            mark = yaml.Mark("", at.at, at.line, at.column, None, 0)
            self.indent = self.indents.pop()
            self.tokens.append(BlockEndToken(mark, mark))

    def scan_block_scalar_ignored_line(self, start_mark: Any) -> None:
        while self._char() in _BLANKS:
            self.forward()
        if self._char() == "#":
            self._scan_line_comment(Mark(start_mark.index, start_mark.line, start_mark.column))
        if self._char() not in _ENDS:
            raise ScannerError(
                "while scanning a block scalar",
                start_mark,
                f"expected a comment or a line break, but found {self._char()!r}",
                self.get_mark(),
            )
        self.scan_line_break()  # type: ignore[no-untyped-call]

    def scan_plain_spaces(self, indent: int, start_mark: Any) -> Any:
        """Tabs within a plain scalar are part of it, unlike to PyYAML."""
        length = 0
        while self._char(length) in _BLANKS:
            length += 1
        blanks = str(self.prefix(length))
        if "\t" not in blanks:
            return super().scan_plain_spaces(indent, start_mark)
        self.forward(length)
        if self._char() in _ENDS:
            return super().scan_plain_spaces(indent, start_mark)
        return [blanks]

    # Comments

    def _turn_line_into_head(self) -> None:
        """A comment behind the first dash of a list is the head of what follows the dash."""
        recent = self._recent()
        if not self._comments or len(recent) < 2:
            return
        comment = self._comments[-1]
        first_entry = isinstance(recent[-2], BlockSequenceStartToken) and isinstance(
            recent[-1], BlockEntryToken
        )
        if first_entry and comment.line and self._char() not in _BREAKS:
            comment.head, comment.line = comment.line, ""
            if comment.start.line == self.line - 1:
                comment.token = self._mark()

    def _scan_line_comment(self, token: Mark) -> None:
        if self._newlines():
            return
        ahead = 0
        while self._char(ahead) in _BLANKS and ahead < _FARTHEST:
            ahead += 1
        if self._char(ahead) != "#" or ahead >= _FARTHEST:
            return
        self.forward(ahead)
        start = self._mark()
        self._comments.append(FoundComment(token, start, line=self._rest_of_line()))

    def _scan_comments(self, scan: Mark) -> None:
        """One run of comment lines, cut where a part of it belongs elsewhere."""
        _Run(self, scan).scan()

    def _rest_of_line(self) -> str:
        length = 0
        while self._char(length) not in _ENDS:
            length += 1
        text = str(self.prefix(length))
        self.forward(length)
        return text

    def _newlines(self) -> int:
        """Line breaks since the last character that is neither break nor blank."""
        found, at = 0, self.pointer - 1
        while at >= 0 and self.buffer[at] in _BLANKS + _BREAKS:
            is_pair = self.buffer[at] == "\n" and self.buffer[at - 1 : at] == "\r"
            found += self.buffer[at] in _BREAKS
            at -= 2 if is_pair else 1
        return found

    def _char(self, ahead: int = 0) -> str:
        at = self.pointer + ahead
        return str(self.buffer[at]) if at < len(self.buffer) else "\0"

    def _mark(self) -> Mark:
        return Mark(self.index, self.line, self.column)

    def _recent(self) -> list[Token]:
        """The last two tokens, whether taken already or not."""
        found: list[Token] = (self._taken + self.tokens)[-2:]
        return found


class _Run:
    """Comment lines that follow each other, perhaps with empty lines between them."""

    def __init__(self, tokens: Tokens, scan: Mark) -> None:
        self._tokens = tokens
        self._scan = scan
        recent = tokens._recent()
        self._after = recent[-1]
        if isinstance(self._after, FlowEntryToken) and len(recent) > 1:
            self._after = recent[-2]
        self._token = _mark_of(self._after)
        self._text = ""
        self._start = _START
        self._line, self._column = tokens.line, tokens.column
        self._indent: int = max(tokens.indent, 0)
        newlines = tokens._newlines()
        self._first_empty = newlines <= 1
        self._foot_line = -1
        if scan.line > 0:
            behind = newlines == 0 and tokens.column > 1
            self._foot_line = tokens.line - newlines + 1 + behind

    def scan(self) -> None:
        ahead, recent_empty, tokens = 0, False, self._tokens
        while ahead < _FARTHEST:
            self._column += 1
            char = tokens._char(ahead)
            if char in _BLANKS:
                ahead += 1
                continue
            closes = bool(tokens.flow_level) and char in "]}"
            if closes or char in _ENDS:
                if closes or not recent_empty:
                    self._end_part(ahead, char, closes)
                if char not in _BREAKS:
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
        self._tokens._comments.append(
            FoundComment(self._token, self._start, foot=self._text, scan=self._scan, end=end)
        )
        self._scan = self._token = end
        self._text = ""

    def _add_head(self, ahead: int) -> None:
        end = Mark(self._tokens.index + ahead - 1, self._line, self._column)
        self._tokens._comments.append(
            FoundComment(self._start, self._start, head=self._text, scan=self._scan, end=end)
        )

    def _add_line(self, ahead: int) -> None:
        if self._text:
            self._text += "\n"
        else:
            self._start = Mark(self._tokens.index + ahead, self._line, self._column)
        self._tokens.forward(ahead)
        self._text += self._tokens._rest_of_line()
        self._column, self._line = 0, self._tokens.line
        self._indent = max(self._tokens.indent, 0)


def _joined(before: str, more: str) -> str:
    return f"{before}\n{more}" if before and more else before or more


def _mark_of(token: Token) -> Mark:
    mark = token.start_mark
    return Mark(mark.index, mark.line, mark.column)
