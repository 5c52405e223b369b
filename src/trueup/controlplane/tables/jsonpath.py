"""The JSONPath of printer columns, as ``k8s.io/client-go/util/jsonpath`` reads it.

Fields (``.a.b``, ``['a']``, ``.a\\.b``), ``*``, ``..``, indexes, slices, unions, and filters that
compare one path with a literal or another path, or ask for its presence.
"""

from __future__ import annotations

import json
import operator
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from trueup.errors import InputError

Step = Callable[[Any], Iterator[Any]]

_NAME = re.compile(r"(?:\\.|[^\\.\[\]])+")
_QUOTED = re.compile(r"""'((?:\\.|[^'])*)'|"((?:\\.|[^"])*)\"""")
_FILTER = re.compile(r"(.+?)\s*(==|!=|<=|>=|<|>)\s*(.+)", re.DOTALL)
_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@lru_cache(maxsize=1024)
def compile_path(text: str) -> Callable[[Any], list[Any]]:
    """A function from an object to everything that the path finds; InputError if malformed."""
    steps = list(_steps(text))

    def find(value: Any) -> list[Any]:
        found = [value]
        for step in steps:
            found = [result for item in found for result in step(item)]
        return found

    return find


def _steps(text: str) -> Iterator[Step]:
    position = len("$") if text.startswith("$") else 0
    while position < len(text):
        if text.startswith("..", position):
            yield _descendants
            position += 1 if text[position + 2 : position + 3] != "[" else 2
        elif text[position] == "[":
            end = _closing(text, position)
            yield _bracket(text[position + 1 : end].strip())
            position = end + 1
        else:
            position += text[position] == "."
            match = _NAME.match(text, position)
            if match is None:
                if position >= len(text):
                    return
                raise _malformed(text)
            yield _every if match[0] == "*" else _field(re.sub(r"\\(.)", r"\1", match[0]))
            position = match.end()


def _malformed(text: str) -> InputError:
    return InputError(f"{text!r} is not a JSON path", next_step="write one such as .status.phase")


def _closing(text: str, start: int) -> int:
    depth, quote = 0, ""
    for position in range(start, len(text)):
        character = text[position]
        if quote:
            quote = "" if character == quote and text[position - 1] != "\\" else quote
        elif character in "'\"":
            quote = character
        elif character in "[]":
            depth += 1 if character == "[" else -1
            if depth == 0:
                return position
    raise _malformed(text)


def _bracket(inner: str) -> Step:
    if inner == "*":
        return _every
    if inner.startswith("?"):
        return _filter(inner[1:].strip().removeprefix("(").removesuffix(")").strip())
    quoted = _QUOTED.fullmatch(inner)
    if quoted:
        return _field(quoted[1] if quoted[1] is not None else quoted[2])
    if "," in inner:
        return _union([_bracket(part.strip()) for part in inner.split(",")])
    return _slice(inner)


def _field(name: str) -> Step:
    def step(value: Any) -> Iterator[Any]:
        if isinstance(value, dict) and name in value:
            yield value[name]

    return step


def _every(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        yield from (value[key] for key in sorted(value))
    elif isinstance(value, list):
        yield from value


def _descendants(value: Any) -> Iterator[Any]:
    yield value
    for child in _every(value):
        yield from _descendants(child)


def _union(steps: list[Step]) -> Step:
    return lambda value: (result for step in steps for result in step(value))


def _slice(inner: str) -> Step:
    try:
        numbers = [int(part) if part.strip() else None for part in inner.split(":")]
    except ValueError:
        raise _malformed(f"[{inner}]") from None
    chosen = slice(numbers[0], (numbers[0] or 0) + 1 or None) if len(numbers) == 1 else None

    def step(value: Any) -> Iterator[Any]:
        if isinstance(value, list):
            yield from value[chosen or slice(*numbers)]

    return step


def _filter(condition: str) -> Step:
    match = _FILTER.fullmatch(condition)
    if match is None:
        exists = _operand(condition)
        return lambda value: (item for item in _items(value) if exists(item))
    left, compare, right = _operand(match[1]), _OPERATORS[match[2]], _operand(match[3])
    return lambda value: (
        item for item in _items(value) if _compared(left(item), right(item), compare)
    )


def _items(value: Any) -> Iterator[Any]:
    return iter(value) if isinstance(value, list) else iter(())


def _operand(text: str) -> Callable[[Any], list[Any]]:
    if text.startswith("@"):
        return compile_path(text[1:])
    quoted = _QUOTED.fullmatch(text)
    if quoted:
        literal: Any = quoted[1] if quoted[1] is not None else quoted[2]
    else:
        try:
            literal = json.loads(text)
        except ValueError:
            raise _malformed(text) from None
    return lambda item: [literal]


def _compared(left: list[Any], right: list[Any], compare: Callable[[Any, Any], bool]) -> bool:
    if len(left) != 1 or len(right) != 1:
        return False
    try:
        return compare(left[0], right[0])
    except TypeError:
        return False
