"""The rules behind ``trueup eval``, against answers recorded from the libraries that Flux uses.

``tests/cases/eval/<rule>.yaml`` holds cases made by hand: ``error`` is a part of the text.
``tests/cases/eval/recorded/<rule>.jsonl`` holds generated ones, of whose errors only the fact counts.
How lines are read and answered is in ``test_eval_harness``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from trueup.cli import main
from trueup.objects import yaml

FOLDER = Path(__file__).parents[3] / "cases" / "eval"
TABLE: list[tuple[str, dict[str, Any]]] = [
    (path.stem, case)
    for path in sorted(FOLDER.glob("*.yaml"))
    for case in yaml.load(path.read_bytes())
]


def evaluate(rule: str, cases: list[dict[str, Any]]) -> list[dict[str, Any]]:
    lines = "".join(json.dumps({"id": at, **case}) + "\n" for at, case in enumerate(cases))
    result = CliRunner().invoke(main, ["eval", rule], input=lines, catch_exceptions=False)
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.mark.parametrize(
    ("rule", "case"), TABLE, ids=[f"{rule}: {case['name']}" for rule, case in TABLE]
)
def test_rule_answers_as_the_library_does(rule: str, case: dict[str, Any]) -> None:
    [answer] = evaluate(rule, [case["case"]])
    if part := case["answer"].get("error"):
        assert part in answer["error"]
    else:
        assert answer == {"id": 0, **case["answer"]}


@pytest.mark.parametrize(
    "path", sorted(FOLDER.glob("recorded/*.jsonl")), ids=lambda path: path.stem
)
def test_recorded_answers_hold(path: Path) -> None:
    recorded = [json.loads(line) for line in path.read_text().splitlines()]
    answers = evaluate(path.stem, [entry["case"] for entry in recorded])
    found = [_fact(answer) for answer in answers]
    assert found == [_fact(entry["answer"]) for entry in recorded]


def _fact(answer: dict[str, Any]) -> dict[str, Any] | str:
    answer.pop("id", None)
    return "error" if "error" in answer else answer
