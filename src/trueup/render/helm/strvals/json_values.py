"""``--set-json``: values are JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from trueup.errors import RenderError
from trueup.render.helm.strvals.parser import Parser, Values

_UNFINISHED_NUMBER = re.compile(r"-?[0-9]+(?:\.(?![0-9])|(?:\.[0-9]+)?[eE](?![-+]?[0-9]))")


def parse_json_into(values: Values, text: str) -> None:
    """``parse_into`` where values are JSON; one that is left out is null."""
    _JsonParser(text, values, str).parse()


class _JsonParser(Parser):
    def _value_of(self, put: Callable[[Any], None]) -> None:
        if self._skip_blanks():
            put(None)
            return
        start = self._at
        try:
            value, self._at = _JSON.raw_decode(self._text, start)
        except (ValueError, RecursionError) as error:
            raise RenderError("a value is not JSON") from error
        if isinstance(value, float) and _UNFINISHED_NUMBER.match(self._text, start):
            raise RenderError("a value is not JSON")
        put(value)
        self._skip_blanks()

    def _skip_blanks(self) -> bool:
        """Skip blanks, and a comma behind them; whether that was all that is left of the value."""
        while self._at < len(self._text):
            char = self._text[self._at]
            if char != "," and not char.isspace():
                return False
            self._at += 1
            if char == ",":
                return True
        return True


def _number(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise ValueError(f"{text} is no number that Helm can hold")
    return value


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


_JSON = json.JSONDecoder(parse_int=_number, parse_float=_number, parse_constant=_no_constant)


def json_object(text: str) -> Values:
    """The JSON object that ``text`` is, with numbers as Go has them; ValueError if it is none."""
    value = _JSON.decode(text)
    if not isinstance(value, dict):
        raise ValueError("it is not an object")
    return value
