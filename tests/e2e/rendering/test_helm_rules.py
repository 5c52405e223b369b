"""Values, streams and ignored files come out as Helm's own packages make them of the same text."""

from __future__ import annotations

import json
import random
import subprocess
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from tests.programs import tool_or_skip
from trueup.errors import RenderError
from trueup.render.helm.ignore import ignore_rules
from trueup.render.helm.splitting import split_documents
from trueup.render.helm.strvals import parse_into, parse_json_into, parse_literal_into

pytestmark = pytest.mark.e2e
QUESTIONS = 10_000
BASES: list[dict[str, Any]] = [
    {},
    {"a": {"b": 1.5}},
    {"a": [1.5, {"b": "x"}]},
    {"a": "s", "b": None, "c": True},
    {"a": [[1.5], [None]]},
]
KEYS = ["a", "b", "c", "a.b", "b.c.d", "a[0]", "a[1].b", "a[0][1]", "a\\.b", "x y", "é"]
TEXTS = ["1", "x", "", "true", "{a,b}", "{1,,2}", "{}", "null", "0", "01", "-5", "a\\,b", " 1 "]
JSON = ["[1,2]", '{"q":[1,{"z":null}]}', '"s"', "1.5", "-0", "tru", "1.", "1e", ""]
ODD = [
    *"ab.=[],{}\\-+",
    "[0]",
    "[1]",
    "[-1]",
    "[65537]",
    "99999999999999999999",
    "falſe",
    "1e3",
    " ",
]
PARSERS: dict[str, Callable[[dict[str, Any], str], None]] = {
    "set": parse_into,
    "set-string": lambda values, text: parse_into(values, text, str),
    "set-json": parse_json_into,
    "set-literal": parse_literal_into,
    "set-file": lambda values, text: parse_into(values, text, "FILE:{}".format),
}
STREAM = [
    *"a-# \t\n",
    "---",
    "\n---\n",
    "\n---",
    "b: 1\n",
    "\u00a0",
    "\x0b",
    "\x1c",
    "\u2028",
    "\r\n",
]
RULES = [*"ab*?/.!#x\\", "a/", "/a", "*.txt", "[ab]", "[^a]", "**", "templates/", ".?*", " "]
PATHS = ["a", "a/b", "a/b/c", "a.txt", "a/b.txt", ".x", "templates/.x", "templates/a", "*", "b/a"]


def theirs(questions: list[dict[str, Any]]) -> list[Any]:
    asked = "\n".join(map(json.dumps, questions))
    command = [tool_or_skip("helmrules")]
    run = subprocess.run(command, input=asked, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in run.stdout.splitlines()]


def some(rng: random.Random, pieces: list[str], most: int) -> str:
    return "".join(rng.choice(pieces) for _ in range(rng.randint(0, most)))


def setting(rng: random.Random) -> dict[str, Any]:
    rule = rng.choice(sorted(PARSERS))
    pairs = [
        f"{rng.choice(KEYS)}={rng.choice(JSON if rule == 'set-json' else TEXTS)}"
        for _ in range(rng.randint(1, 3))
    ]
    text = ",".join(pairs) if rng.random() < 0.5 else rng.choice(["", *pairs]) + some(rng, ODD, 8)
    return {"rule": rule, "text": text, "values": rng.choice(BASES)}


def same_setting(question: dict[str, Any], answer: Any) -> bool:
    """The messages are told apart only where Helm tells them, which it does not of JSON."""
    values = deepcopy(question["values"])
    try:
        PARSERS[question["rule"]](values, question["text"])
    except RenderError as error:
        said = answer.get("error", "")
        quotes_runes = said.startswith("unexpected data at end of array index")
        return bool(said) and (
            question["rule"] == "set-json" or quotes_runes or said == error.cause
        )
    return bool(values == answer)


@pytest.mark.parametrize("seed", range(3))
def test_texts_set_the_same_values(seed: int) -> None:
    rng = random.Random(seed)
    questions = [setting(rng) for _ in range(QUESTIONS)]
    answers = theirs(questions)
    differing = [pair for pair in zip(questions, answers, strict=True) if not same_setting(*pair)]
    assert differing == []
    refused = sum("error" in answer for answer in answers)
    assert QUESTIONS / 5 < refused < QUESTIONS * 4 / 5


def test_streams_are_taken_apart_at_the_same_places() -> None:
    rng = random.Random(0)
    texts = [some(rng, STREAM, 9) for _ in range(QUESTIONS)]
    answers = theirs([{"rule": "split", "text": text} for text in texts])
    pairs = zip(texts, answers, strict=True)
    assert [pair for pair in pairs if split_documents(pair[0]) != pair[1]] == []


def test_the_same_files_are_hidden() -> None:
    rng = random.Random(0)
    questions = [
        {
            "rule": "ignore",
            "text": "\n".join(some(rng, RULES, 3) for _ in range(rng.randint(0, 3))),
            "path": rng.choice(PATHS),
            "folder": rng.random() < 0.4,
        }
        for _ in range(QUESTIONS)
    ]
    pairs = zip(questions, theirs(questions), strict=True)
    assert [pair for pair in pairs if not hides_the_same(*pair)] == []


def hides_the_same(question: dict[str, Any], answer: Any) -> bool:
    """A malformed pattern is refused here always, by Helm where a path gets as far as the error."""
    try:
        hides = ignore_rules(question["text"])
    except RenderError as error:
        return isinstance(answer, dict) or error.cause == "syntax error in pattern"
    return hides(question["path"], question["folder"]) == answer
