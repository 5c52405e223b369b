"""A document as SOPS sees it: an ordered tree of entries, comments among them.

Text is ``str``, with surrogate escapes where a value is not UTF-8. Nothing here knows a format.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Value = Any
"""str · int · float · bool · None · Time · Comment · Branch · list of values"""


@dataclass(frozen=True, slots=True)
class Comment:
    """A line of comment without its sign. ``inline``: it stands behind a value."""

    text: str
    inline: bool = False


@dataclass(frozen=True, slots=True)
class Time:
    """A moment as RFC 3339 with up to nine decimals, those at the end left out if they are 0."""

    text: str


class Branch(list[tuple[Any, Value]]):
    """A mapping: entries in their order, a key perhaps twice; a comment is a key without value."""

    def get(self, key: str) -> Value:
        """The value of the first entry of that name; None if there is none."""
        return next((value for name, value in self if name == key), None)


def to_bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def to_text(content: bytes) -> str:
    return content.decode("utf-8", "surrogateescape")


def is_utf8(text: str) -> bool:
    """Whether no surrogate stands in for a byte that is not UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
