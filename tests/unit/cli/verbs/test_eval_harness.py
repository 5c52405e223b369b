"""How ``trueup eval`` reads lines and answers them, whatever they hold.

What the rules themselves answer is in ``test_eval_rules``.
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
from typing import Any

import pytest
from click.testing import CliRunner, Result

from trueup.cli import main
from trueup.cli.verbs.eval import RULES
from trueup.cli.verbs.eval.harness import answer, run


def substitute(*lines: str | bytes) -> Result:
    text = b"".join((line if isinstance(line, bytes) else line.encode()) + b"\n" for line in lines)
    return CliRunner().invoke(main, ["eval", "substitute"], input=text, catch_exceptions=False)


def answers(*lines: str | bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in substitute(*lines).stdout_bytes.splitlines()]


@pytest.mark.parametrize("name", ["text", 7, 2**70, 1.5, None, True, [1, {"a": []}], "é\u2028\0"])
def test_an_id_comes_back_as_it_was(name: object) -> None:
    [found] = answers(json.dumps({"id": name, "text": "x"}))
    assert found == {"id": name, "text": "x"}


def test_half_a_surrogate_pair_in_an_id_comes_back() -> None:
    assert answers(r'{"id": "\ud800", "text": ""}')[0]["id"] == "\ud800"


def test_half_a_surrogate_pair_in_a_text_becomes_the_replacement_character() -> None:
    assert answers(r'{"id": 1, "text": "\ud83d\ude00 \ud800"}')[0]["text"] == "😀 \ufffd"


def test_bytes_that_are_no_text_become_the_replacement_character() -> None:
    assert answers(b'{"id": 1, "text": "\xff"}')[0]["text"] == "\ufffd"


def test_answers_keep_the_order_of_the_cases() -> None:
    found = answers(*(json.dumps({"id": n, "text": str(n)}) for n in (3, 1, 2)))
    assert [each["id"] for each in found] == [3, 1, 2]


def test_blank_lines_have_no_answer() -> None:
    assert answers("", "  \r", '{"id": 1, "text": "x"}', "\t") == [{"id": 1, "text": "x"}]


def test_the_last_line_needs_no_end() -> None:
    assert answer(lambda case: case, b'{"id": 1, "a": 2}') == {"id": 1, "a": 2}


@pytest.mark.parametrize(
    "line", ["{", "[1]", '"x"', "null", "{'id': 1}", '{"id": 1} x', '{"text": NaN}', '{"n": 1e999}']
)
def test_a_line_that_is_no_case_is_answered_and_the_next_one_too(line: str) -> None:
    first, second = answers(line, '{"id": 2, "text": "x"}')
    assert (first["id"], "error" in first, second) == (None, True, {"id": 2, "text": "x"})


def test_a_case_without_an_id_is_answered() -> None:
    assert answers('{"text": "x"}') == [{"id": None, "text": "x"}]


@pytest.mark.parametrize(
    "case",
    [
        {"text": 1},
        {"text": "x", "vars": []},
        {"text": "x", "vars": {"a": 1}},
        {"text": "x", "strict": "yes"},
    ],
)
def test_a_field_of_the_wrong_type_is_an_error_that_names_it(case: dict[str, Any]) -> None:
    [found] = answers(json.dumps({"id": 1, **case}))
    assert found["id"] == 1
    assert list(case)[-1] in found["error"]


@pytest.mark.parametrize("field", ["text", "id"])
def test_deep_nesting_is_an_error_of_that_case_alone(field: str) -> None:
    deep = "[" * 100_000 + "]" * 100_000
    first, second = answers(f'{{"{field}": {deep}}}', '{"id": 2, "text": "x"}')
    assert ("error" in first, second) == (True, {"id": 2, "text": "x"})


def test_an_unforeseen_failure_is_an_error_of_that_case() -> None:
    assert answer(lambda case: {"x": 1 // 0}, b'{"id": 5}') == {
        "id": 5,
        "error": "ZeroDivisionError: integer division or modulo by zero",
    }


def test_a_line_beyond_the_limit_is_skipped_with_an_error() -> None:
    cases, found = io.BytesIO(b'{"id": 1, "x": "' + b"a" * 200 + b'"}\n{"id": 2}\n'), io.BytesIO()
    run(dict, cases, found, max_line=50)
    first, second = map(json.loads, found.getvalue().splitlines())
    assert (first["error"], second["id"]) == ("the line has more than 50 bytes", 2)


@pytest.mark.parametrize("rule", sorted(RULES))
def test_every_rule_answers_cases_without_sense(rule: str) -> None:
    lines = "".join(f'{{"id": 1, "{key}": {value}}}\n' for key in _FIELDS for value in _VALUES)
    result = CliRunner().invoke(main, ["eval", rule], input=lines, catch_exceptions=False)
    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert [each["id"] for each in found] == [1] * len(_FIELDS) * len(_VALUES)


def test_failed_cases_leave_the_exit_code_at_zero() -> None:
    assert substitute('{"id": 1, "text": "${"}').exit_code == 0


def test_an_unknown_rule_is_wrong_usage_and_names_the_rules() -> None:
    result = CliRunner().invoke(main, ["eval", "nothing"])
    assert (result.exit_code, "substitute" in result.stderr) == (2, True)


def test_an_answer_comes_before_the_next_line_is_read() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "trueup", "eval", "substitute"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b'{"id": 1, "text": "x"}\n')
        process.stdin.flush()
        assert json.loads(process.stdout.readline()) == {"id": 1, "text": "x"}


_FIELDS = [
    "text",
    "vars",
    "patterns",
    "domain",
    "paths",
    "kind",
    "signature",
    "keys",
    "reader",
    "object",
    "exprs",
    "objects",
    "files",
]
_VALUES = ["null", "1", '"x"', "true", "[]", "[1]", "[{}]", "{}", '{"a": 1}', '["x"]']
