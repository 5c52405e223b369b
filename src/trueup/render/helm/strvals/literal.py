"""``--set-literal``: all that follows is the value."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from trueup.render.helm.strvals.parser import Parser, Values


def parse_literal_into(values: Values, text: str) -> None:
    """``parse_into`` where all behind the first ``=`` is the value, and nothing is escaped."""
    _LiteralParser(text, values, str).parse()


class _LiteralParser(Parser):
    key_ends = "=[."

    def _value_of(self, put: Callable[[Any], None]) -> None:
        put(self._text[self._at :])
        self._at = len(self._text)

    def _until(self, ends: str) -> tuple[str, str]:
        start = self._at
        while self._at < len(self._text):
            self._at += 1
            if self._text[self._at - 1] in ends:
                return self._text[start : self._at - 1], self._text[self._at - 1]
        return self._text[start:], ""
