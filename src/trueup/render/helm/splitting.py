"""A stream of YAML taken apart where Helm does: at ``---`` that begins a line, whatever follows."""

from __future__ import annotations

from collections.abc import Iterator

SPACE = "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
"""What Go takes for blank."""

_BLANK = "\t\n\f\r "
"""What its regular expressions do."""

_MARK = "\n---"


def split_documents(text: str) -> list[str]:
    """The documents of ``text`` that are not blank, without the blanks before each."""
    return [piece.lstrip(SPACE) for piece in _pieces(text.lstrip(SPACE)) if piece.strip(SPACE)]


def _pieces(text: str) -> Iterator[str]:
    """In one walk: a regular expression for blanks before a mark takes quadratic time."""
    start = _behind_blanks(text, 3) if text.startswith("---") else 0
    while (mark := text.find(_MARK, start)) >= 0:
        yield text[start:mark].rstrip(_BLANK)
        start = _behind_blanks(text, mark + len(_MARK))
    yield text[start:]


def _behind_blanks(text: str, at: int) -> int:
    while at < len(text) and text[at] in _BLANK:
        at += 1
    return at
