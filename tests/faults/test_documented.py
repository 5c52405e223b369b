"""The page about faults and the cases that prove it name the same, and say the same of Ready."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.cases import GONE, LIVE, UNCHANGED, UNSEEN, Case, Says, cases

PAGE = Path(__file__).parents[2] / "docs" / "concepts" / "faults.md"
_WORDS = {LIVE: "goes on", UNCHANGED: "as it was", GONE: "gone", UNSEEN: "nobody can look"}


def rows() -> dict[str, str]:
    """What is said of Ready, by fault."""
    lines = [line for line in PAGE.read_text().splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[1:]]
    return {fault: ready for fault, ready, _ in cells}


def test_every_case_has_its_row_and_every_row_its_case() -> None:
    assert list(rows()) == [case.name for case in cases()]


@pytest.mark.parametrize("case", cases(), ids=str)
def test_the_row_says_of_ready_what_the_case_expects(case: Case) -> None:
    said = rows()[case.name]
    match case.meanwhile:
        case Says() as expected:
            name = "" if expected.condition == "Ready" else f"{expected.condition} "
            condition = f"{name}`{expected.status}`, `{expected.reason}`"
            assert said.startswith(f"{expected.kind} {condition}: ")
        case word:
            assert said.startswith(_WORDS[str(word)])
