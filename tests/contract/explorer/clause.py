"""A sequence as a clause for ``tests/cases/contract``, with the real server's word in it."""

from __future__ import annotations

import re
from itertools import takewhile
from typing import Any

from tests.contract.explorer.comparing import Difference
from tests.contract.explorer.exploring import last_looks
from tests.contract.explorer.operations import Exploration
from tests.contract.explorer.sending import saves, subject_of
from tests.contract.explorer.wording import Step
from trueup.objects import yaml


def text(exploration: Exploration, difference: Difference) -> str:
    case: dict[str, Any] = {"name": "EXPLORED: say here what is promised"}
    if custom := exploration.custom:
        case["own_kind" if custom.later else "kind"] = custom.definition
    steps = [*exploration.steps, *last_looks(exploration)][: difference.index + 1]
    case["steps"] = [
        _shown(step, code, steps[at + 1 :], exploration)
        for at, (step, code) in enumerate(zip(steps, difference.codes, strict=True))
    ]
    if difference.index < len(steps):
        case["steps"][-1] |= _expected(difference)
    return yaml.dump([case])


def _shown(step: Step, code: int, later: list[Step], exploration: Exploration) -> Step:
    usual = 201 if step["send"].startswith("POST") else 200
    shown = dict(step) if code == usual else {**step, "code": code}
    used = set(re.findall(r"\{([a-z]+_\w+)\}", str(later)))
    subject = subject_of(step, exploration.subjects)
    told = saves(subject, _name(step, subject.place), code) if code in {200, 201} else {}
    kept = {name: path for name, path in told.items() if name in used}
    return {**shown, "save": kept} if kept else shown


def _name(step: Step, place: str) -> str | None:
    method, _, target = step["send"].partition(" ")
    if method == "POST":
        return str(step["body"]["metadata"].get("name"))
    return target.partition("?")[0].removeprefix(f"{place}/").partition("/")[0] or None


def _expected(difference: Difference) -> Step:
    path = difference.path
    if path[:1] == ("code",):
        return {"code": difference.real}
    if path[:1] == ("warnings",):
        return {"warnings": _loose(difference.answer["warnings"])}
    names = list(takewhile(lambda part: isinstance(part, str), path[1:]))
    value = difference.answer["body"]
    for part in names:
        value = value.get(part) if isinstance(value, dict) else None
    value = _loose(value)
    for part in reversed(names):
        value = {part: value}
    return {"expect": value}


def _loose(value: Any) -> Any:
    """Texts with something of the server's own in them stand for any."""
    if isinstance(value, dict):
        return {key: _loose(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_loose(item) for item in value]
    return "*" if isinstance(value, str) and "<" in value else value
