"""The walk through keys, indices and values, for all flags; each reads values its own way."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeAlias

from trueup.errors import RenderError
from trueup.objects.gotext import quoted
from trueup.render.helm.gotext import parse_int, type_name
from trueup.render.helm.strvals.typed import typed

MAX_INDEX = 65536
MAX_LEVELS = 30

Values: TypeAlias = dict[str, Any]
"""As Go has them: an ``int`` is an int64, a ``float`` any number that came through JSON."""

Reader: TypeAlias = Callable[[str], Any]


class _End(Exception):
    """The text is over."""


def parse_into(values: Values, text: str, reader: Reader = typed) -> None:
    """Set in ``values`` what ``text`` says; ``reader`` makes a value of its text.

    Raises RenderError in Helm's words.
    """
    Parser(text, values, reader).parse()


class Parser:
    """One walk over the text; ``_at`` is where it is."""

    key_ends = "=[,."

    def __init__(self, text: str, values: Values, reader: Reader) -> None:
        self._text = text.encode("utf-8", "replace").decode()
        self._at = 0
        self._values = values
        self._reader = reader

    def parse(self) -> None:
        try:
            while True:
                self._key(self._values, 0)
        except _End:
            return
        except RecursionError:
            raise RenderError("the key nests too deeply") from None

    def _key(self, data: Values, level: int) -> None:
        key, end = self._until(self.key_ends)
        match end:
            case "":
                if key:
                    raise RenderError(f"key {quoted(key)} has no value")
                raise _End
            case "[":
                self._index_of(data, key, level)
            case "=":
                self._value_of(lambda value: _set(data, key, value))
            case ".":
                self._member_of(data, key, level + 1)
            case _:
                raise RenderError(f"key {quoted(key)} has no value (cannot end with ,)")

    def _index_of(self, data: Values, key: str, level: int) -> None:
        index = self._index()
        items = _existing(data, key, list)
        try:
            items = self._item(items, index, level)
        finally:
            _set(data, key, items)

    def _member_of(self, data: Values, key: str, level: int) -> None:
        if level > MAX_LEVELS:
            raise RenderError(
                "value name nested level is greater than maximum supported nested level of "
                f"{MAX_LEVELS}"
            )
        inner = _existing(data, key, dict)
        try:
            self._key(inner, level)
        except _End:
            if inner:
                _set(data, key, inner)
            raise
        if not inner:
            raise RenderError(f"key map {quoted(key)} has no value")
        _set(data, key, inner)

    def _value_of(self, put: Callable[[Any], None]) -> None:
        """Hand the value at hand to ``put``."""
        if self._at == len(self._text):
            put("")
            self._at_end_of_value()
        elif self._text[self._at] == "{":
            self._at += 1
            put(self._list())
        else:
            put(self._reader(self._until(",")[0]))

    def _at_end_of_value(self) -> None:
        """Within a key, an empty value at the end of the text ends the parse at once."""
        raise _End

    def _list(self) -> list[Any]:
        items = []
        while True:
            text, end = self._until(",}")
            if not end:
                raise RenderError("list must terminate with '}'")
            items.append(self._reader(text))
            if end == "}":
                if self._text[self._at : self._at + 1] == ",":
                    self._at += 1
                return items

    def _index(self) -> int:
        text, end = self._until("]")
        if not end:
            raise _End
        try:
            return parse_int(text)
        except ValueError as error:
            raise RenderError(f"error parsing index: {error}") from None

    def _item(self, items: list[Any], index: int, level: int) -> list[Any]:
        """``items`` with what the text says at ``index``."""
        if index < 0:
            raise RenderError(f"negative {index} index not allowed")
        text, end = self._until("[.=")
        if text:
            raise RenderError(f"unexpected data at end of array index: {quoted(text)}")
        match end:
            case "":
                raise _End
            case "=":
                return _set_index(items, index, self._item_value())
            case "[":
                nested = items[index] if index < len(items) else None
                inner = self._index()
                if nested is not None and not isinstance(nested, list):
                    raise _wrong_type(nested, list)
                return _set_index(items, index, self._item(nested or [], inner, level))
        return _set_index(items, index, self._item_map(items, index, level))

    def _item_value(self) -> Any:
        found: list[Any] = []
        with suppress(_End):  # an empty value of an item, unlike that of a key, does not end it
            self._value_of(found.append)
        return found[0]

    def _item_map(self, items: list[Any], index: int, level: int) -> Values:
        inner: Values = {}
        if index < len(items):
            if not isinstance(items[index], dict):
                items[index] = {}
            inner = items[index]
        self._key(inner, level)
        return inner

    def _until(self, ends: str) -> tuple[str, str]:
        """The text up to one of ``ends`` without its escapes, and that end; empty for none."""
        found: list[str] = []
        while self._at < len(self._text):
            char = self._text[self._at]
            self._at += 1
            if char in ends:
                return "".join(found), char
            if char == "\\":
                char = self._text[self._at : self._at + 1]
                self._at += 1
            found.append(char)
        return "".join(found), ""


def _set(data: Values, key: str, value: Any) -> None:
    if key:
        data[key] = value


def _existing(data: Values, key: str, kind: type[Any]) -> Any:
    """The map or list at ``key``, or a new one."""
    if key not in data:
        return kind()
    if not isinstance(data[key], kind):
        raise _wrong_type(data[key], kind)
    return data[key]


def _wrong_type(value: Any, wanted: type[Any]) -> RenderError:
    return RenderError(
        "unable to parse key: interface conversion: interface {} is "
        f"{type_name(value)}, not {type_name(wanted())}"
    )


def _set_index(items: list[Any], index: int, value: Any) -> list[Any]:
    if index > MAX_INDEX:
        raise RenderError(
            f"index of {index} is greater than maximum supported index of {MAX_INDEX}"
        )
    longer = [*items, *[None] * (index + 1 - len(items))] if index >= len(items) else items
    longer[index] = value
    return longer
