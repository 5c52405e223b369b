"""JSON lines in, JSON lines out; a case that fails is an answer, too."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, BinaryIO, TypeAlias

from trueup.errors import InputError, TrueupError

Case: TypeAlias = dict[str, Any]
Rule: TypeAlias = Callable[[Case], dict[str, Any]]


def run(rule: Rule, cases: BinaryIO, answers: BinaryIO) -> None:
    """Answer every line of ``cases`` with one line, in order, each as soon as it is known."""
    for line in iter(cases.readline, b""):
        if line.strip():
            answers.write(_encode(answer(rule, line)))
            answers.flush()


def answer(rule: Rule, line: bytes) -> dict[str, Any]:
    """``{"id", …}`` as the rule says, or ``{"id", "error"}``; the id is null if there is none."""
    case: Case = {}
    try:
        case = _case(line)
        return {"id": case.get("id"), **rule(case)}
    except TrueupError as error:
        return {"id": case.get("id"), "error": str(error)}
    except RecursionError:
        return {"id": case.get("id"), "error": "the case is nested too deeply"}
    except (TypeError, ValueError, AttributeError, KeyError) as error:
        # A field of an unexpected type reaches the rule unchecked; the other cases go on.
        return {"id": case.get("id"), "error": f"{type(error).__name__}: {error}"}


def _case(line: bytes) -> Case:
    try:
        case = json.loads(line)
    except ValueError as error:
        raise InputError(f"not a line of JSON: {error}") from error
    if not isinstance(case, dict):
        raise InputError("a case is a JSON object")
    return case


def _encode(answer: dict[str, Any]) -> bytes:
    text = json.dumps(answer, ensure_ascii=False)
    return text.encode("utf-8", "replace") + b"\n"
