"""The tokens of a YAML text, and beside them its comments, each tied to a token.

A comment is a head (above what it tells of), a line (behind it) or a foot (below it, with an empty
line after it); what decides is where go-yaml looks: indentation, empty lines, the token before.
"""

from __future__ import annotations

import re
from typing import Any

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
    StreamEndToken,
    Token,
)

from trueup.objects.goyaml.comments import (
    BLANKS,
    BREAKS,
    ENDS,
    FARTHEST,
    START,
    FoundComment,
    Mark,
    Run,
    joined,
    mark_of,
)

_LINE_END = re.compile(f"[{BREAKS}\ufeff]")
_LOOKAHEAD = 3
"""Tokens that are there before the first is taken: a foot must be known when its owner is."""

_DIRECTIVES = (DirectiveToken, DocumentStartToken, DocumentEndToken, StreamEndToken)


class Tokens(Reader, Scanner):
    """``head``, ``line_comment`` and ``foot`` gather the comments up to the token that was looked at last."""

    def __init__(self, text: str) -> None:
        Reader.__init__(self, text)
        Scanner.__init__(self)
        self.head = self.line_comment = self.foot = ""
        self._comments: list[FoundComment] = []
        self._given = 0
        self._taken: list[Token] = []
        self._next: Token | None = None
        self._scan = START

    # Handing out

    def look(self) -> Token:
        """The next token, which stays."""
        if self._next is None:
            token: Token = self.peek_token()  # type: ignore[no-untyped-call]
            self._gather(token)
            self._next = token
        return self._next

    def take(self) -> Token:
        self._next = None
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
            self.head = joined(self.head, comment.head)
            self.line_comment = joined(self.line_comment, comment.line)
            self.foot = joined(self.foot, comment.foot)
            self._given += 1

    # Scanning

    def forward(self, length: int = 1) -> None:
        """In one step where no line ends: values here are long."""
        end = self.pointer + length
        if _LINE_END.search(self.buffer, self.pointer, end):
            super().forward(length)
        else:
            self.pointer, self.index = end, self.index + length
            self.column += length

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
        recent = self.recent()
        if recent and self.char() == (":" if not self.flow_level else ","):
            mark = mark_of(recent[-1])
        before = len(self.tokens)
        super().fetch_more_tokens()
        last = self.tokens[-1] if self.tokens else None
        if len(self.tokens) > before and not isinstance(last, (*_DIRECTIVES, BlockEntryToken)):
            self._scan_line_comment(mark)

    def scan_to_next_token(self) -> None:
        scan = self._mark()
        while True:
            if self.index == 0 and self.char() == "\ufeff":
                self.forward()
            while self.char() == " " or (
                self.char() == "\t" and (self.flow_level or not self.allow_simple_key)
            ):
                self.forward()
            self._turn_line_into_head()
            if self.char() == "#":
                self._scan_comments(scan)
            if self.char() not in BREAKS:
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
        while self.char() in BLANKS:
            self.forward()
        if self.char() == "#":
            self._scan_line_comment(Mark(start_mark.index, start_mark.line, start_mark.column))
        if self.char() not in ENDS:
            raise ScannerError(
                "while scanning a block scalar",
                start_mark,
                f"expected a comment or a line break, but found {self.char()!r}",
                self.get_mark(),
            )
        self.scan_line_break()  # type: ignore[no-untyped-call]

    def scan_plain_spaces(self, indent: int, start_mark: Any) -> Any:
        """Tabs within a plain scalar are part of it, unlike to PyYAML."""
        length = 0
        while self.char(length) in BLANKS:
            length += 1
        blanks = str(self.prefix(length))
        if "\t" not in blanks:
            return super().scan_plain_spaces(indent, start_mark)
        self.forward(length)
        if self.char() in ENDS:
            return super().scan_plain_spaces(indent, start_mark)
        return [blanks]

    # Comments

    def _turn_line_into_head(self) -> None:
        """A comment behind the first dash of a list is the head of what follows the dash."""
        recent = self.recent()
        if not self._comments or len(recent) < 2:
            return
        comment = self._comments[-1]
        first_entry = isinstance(recent[-2], BlockSequenceStartToken) and isinstance(
            recent[-1], BlockEntryToken
        )
        if first_entry and comment.line and self.char() not in BREAKS:
            comment.head, comment.line = comment.line, ""
            if comment.start.line == self.line - 1:
                comment.token = self._mark()

    def _scan_line_comment(self, token: Mark) -> None:
        if self.newlines():
            return
        ahead = 0
        while self.char(ahead) in BLANKS and ahead < FARTHEST:
            ahead += 1
        if self.char(ahead) != "#" or ahead >= FARTHEST:
            return
        self.forward(ahead)
        start = self._mark()
        self._comments.append(FoundComment(token, start, line=self.rest_of_line()))

    def _scan_comments(self, scan: Mark) -> None:
        """One run of comment lines, cut where a part of it belongs elsewhere."""
        self._comments += Run(self, scan).scan()

    def rest_of_line(self) -> str:
        length = 0
        while self.char(length) not in ENDS:
            length += 1
        text = str(self.prefix(length))
        self.forward(length)
        return text

    def newlines(self) -> int:
        """Line breaks since the last character that is neither break nor blank."""
        found, at = 0, self.pointer - 1
        while at >= 0 and self.buffer[at] in BLANKS + BREAKS:
            is_pair = self.buffer[at] == "\n" and self.buffer[at - 1 : at] == "\r"
            found += self.buffer[at] in BREAKS
            at -= 2 if is_pair else 1
        return found

    def char(self, ahead: int = 0) -> str:
        try:
            return str(self.buffer[self.pointer + ahead])
        except IndexError:
            return "\0"

    def _mark(self) -> Mark:
        return Mark(self.index, self.line, self.column)

    def recent(self) -> list[Token]:
        """The last two tokens, whether taken already or not."""
        found: list[Token] = (self._taken + self.tokens)[-2:]
        return found
