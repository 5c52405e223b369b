"""JSON lines in, JSON lines out; a case that fails is an answer, too."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from typing import Any, BinaryIO, Final, NoReturn, TypeAlias

from trueup.errors import InputError, TrueupError

Case: TypeAlias = dict[str, Any]
Rule: TypeAlias = Callable[[Case], dict[str, Any]]

MAX_LINE: Final = 64 * 2**20
"""Bytes of one case; a longer line is answered with an error and skipped."""

_HALF = re.compile("[\ud800-\udfff]")


def run(rule: Rule, cases: BinaryIO, answers: BinaryIO, max_line: int = MAX_LINE) -> None:
    """Answer every line of ``cases`` with one line, in order, each as soon as it is known."""
    while line := cases.readline(max_line + 1):
        if len(line) > max_line:
            _skip_rest(line, cases, max_line)
            answers.write(_encode(_failure(None, f"the line has more than {max_line} bytes")))
        elif line.strip():
            answers.write(_encode(answer(rule, line)))
        answers.flush()


def answer(rule: Rule, line: bytes) -> dict[str, Any]:
    """``{"id", …}`` as the rule says, or ``{"id", "error"}``; the id is null if there is none."""
    name = None
    try:
        case = _case(line)
        name = case.pop("id", None)
        return {"id": name, **rule(_whole(case) if rb"\u" in line else case)}
    except TrueupError as error:
        return _failure(name, str(error))
    except RecursionError:
        return _failure(name, "the case is nested too deeply")
    except Exception as error:  # whatever a case holds, the others are answered
        return _failure(name, f"{type(error).__name__}: {error}")


def _failure(name: Any, cause: str) -> dict[str, Any]:
    return {"id": name, "error": cause}


def _case(line: bytes) -> Case:
    try:
        text = line.decode("utf-8", "replace").removeprefix("\ufeff")
        case = json.loads(text, parse_constant=_refuse, parse_float=_number)
    except ValueError as error:
        raise InputError(f"not a line of JSON: {error}") from error
    if not isinstance(case, dict):
        raise InputError("a case is a JSON object")
    return case


def _refuse(word: str) -> NoReturn:
    raise ValueError(f"{word} is no JSON value")


def _number(word: str) -> float:
    number = float(word)
    if math.isinf(number):
        raise ValueError(f"number out of range: {word}")
    return number


def _whole(value: Any) -> Any:
    """``value`` with U+FFFD for each half of a surrogate pair, which no text can hold."""
    if isinstance(value, str):
        return _HALF.sub("\ufffd", value)
    if isinstance(value, list):
        return [_whole(item) for item in value]
    if isinstance(value, dict):
        return {_whole(key): _whole(item) for key, item in value.items()}
    return value


def _encode(answer: dict[str, Any]) -> bytes:
    try:
        return json.dumps(answer, ensure_ascii=False).encode() + b"\n"
    except UnicodeEncodeError:
        return json.dumps(answer).encode() + b"\n"
    except RecursionError:
        return json.dumps(_failure(None, "the id is nested too deeply")).encode() + b"\n"


def _skip_rest(line: bytes, cases: BinaryIO, size: int) -> None:
    while line and not line.endswith(b"\n"):
        line = cases.readline(size)
