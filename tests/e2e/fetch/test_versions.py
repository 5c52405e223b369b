"""Ranges allow the versions that the library allows which Helm and Flux judge them by."""

from __future__ import annotations

import json
import random
import subprocess

import pytest

from tests.programs import tool_or_skip
from trueup.errors import InputError
from trueup.fetch.semver import Range, Version

pytestmark = pytest.mark.e2e
OPERATORS = ["", "=", "!=", ">", "<", ">=", "=>", "<=", "=<", "~", "~>", "^"]
SUFFIXES = ["", "", "", "", "-0", "-1", "-rc.1", "-rc.10", "-alpha", "-a-b", "+b", "-rc.1+b"]
SPOILED = [
    "",
    "==",
    "v",
    "V",
    " - ",
    "||",
    "|",
    ",",
    "x",
    "*",
    "-01",
    "+",
    ".",
    "18446744073709551616",
]
PAIRS = 10_000


def version(rng: random.Random, parts: list[int]) -> str:
    numbers = (rng.choice(["0", "1", "2", "3", "10"]) for _ in range(rng.choice(parts)))
    return rng.choice(["", "", "v"]) + ".".join(numbers) + rng.choice(SUFFIXES)


def bound(rng: random.Random) -> str:
    if rng.random() < 0.1:
        return f"{version(rng, [1, 2, 3])} - {version(rng, [1, 2, 3])}"
    open_end = rng.choice(["", "", "", ".x", ".*", ".X"])
    return rng.choice(OPERATORS) + rng.choice(["", " "]) + version(rng, [1, 2, 3]) + open_end


def wanted(rng: random.Random) -> str:
    groups = (
        rng.choice([" ", ", ", ","]).join(bound(rng) for _ in range(rng.choice([1, 1, 2, 3])))
        for _ in range(rng.choice([1, 1, 1, 2]))
    )
    text = " || ".join(groups)
    at = rng.randrange(len(text) + 1)
    return text[:at] + (rng.choice(SPOILED) if rng.random() < 0.1 else "") + text[at:]


def ours(text: str, candidate: str) -> str:
    try:
        allowed = Range.parse(text)
    except InputError:
        return "range"
    try:
        return "yes" if allowed.allows(Version.parse(candidate)) else "no"
    except ValueError:
        return "version"


@pytest.mark.parametrize("seed", range(3))
def test_the_same_versions_are_in_the_same_ranges(seed: int) -> None:
    rng = random.Random(seed)
    pairs = [(wanted(rng), version(rng, [3, 3, 3, 2, 1])) for _ in range(PAIRS)]
    asked = "\n".join(map(json.dumps, pairs))
    answer = subprocess.run(
        [tool_or_skip("semver")], input=asked, capture_output=True, text=True, check=True
    )
    theirs = answer.stdout.split()
    differing = [
        (*pair, word) for pair, word in zip(pairs, theirs, strict=True) if ours(*pair) != word
    ]
    assert differing == []
    assert min(theirs.count(word) for word in ("yes", "no", "range")) > PAIRS / 20
