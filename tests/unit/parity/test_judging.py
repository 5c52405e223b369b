"""The proof of parity lets nothing pass that is not the same, or said to be different."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.parity.cases import Case, Outcome, folders, load, record
from tests.parity.comparing import Likeness, judge
from tests.parity.tools.tool import Tool
from tests.parity.wild import wild_cases

BYTES = Tool("tool", lambda case: [], lambda case: b"", marks=("mark",))
OBJECTS = Tool("tool", lambda case: [], lambda case: b"", demand="objects")
FAILS = Outcome(error="no")
A, REORDERED, OTHER = (Outcome(text) for text in (b"a: 1\nb: 2\n", b"b: 2\na: 1\n", b"a: 2\n"))


@pytest.mark.parametrize(
    ("of_tool", "of_trueup", "likeness"),
    [
        (A, A, Likeness.BYTES),
        (A, REORDERED, Likeness.OBJECTS),
        (A, OTHER, Likeness.NONE),
        (FAILS, FAILS, Likeness.REFUSAL),
        (A, FAILS, Likeness.NONE),
        (FAILS, A, Likeness.NONE),
    ],
)
def test_two_outcomes_are_likened(
    tmp_path: Path, of_tool: Outcome, of_trueup: Outcome, likeness: Likeness
) -> None:
    assert judge(BYTES, Case(tmp_path, "a case"), of_tool, of_trueup).likeness is likeness


@pytest.mark.parametrize(
    ("tool", "of_trueup", "different", "passes"),
    [
        (BYTES, A, None, True),
        (BYTES, REORDERED, None, False),
        (OBJECTS, REORDERED, None, True),
        (OBJECTS, OTHER, None, False),
        (BYTES, FAILS, None, False),
        (BYTES, FAILS, "a renderer has no network", True),
        (BYTES, A, "a renderer has no network", False),
    ],
)
def test_a_case_passes_if_it_is_the_same_or_differs_as_it_says(
    tmp_path: Path, tool: Tool, of_trueup: Outcome, different: str | None, passes: bool
) -> None:
    case = Case(tmp_path, "a case", different=different)
    assert (not judge(tool, case, A, of_trueup).complaints) is passes


def test_a_crash_is_no_refusal(tmp_path: Path) -> None:
    crash = Outcome(error="KeyError()", is_crash=True)
    assert judge(BYTES, Case(tmp_path, "a case"), FAILS, crash).complaints


@pytest.mark.parametrize(("of_tool", "of_trueup"), [(OTHER, A), (A, OTHER), (FAILS, A)])
def test_a_record_that_neither_says_any_more_is_told(
    tmp_path: Path, of_tool: Outcome, of_trueup: Outcome
) -> None:
    (tmp_path / "case.yaml").write_text("name: a case\n")
    case = Case(tmp_path, "a case", different="for this test")
    record(case, A, A, ".yaml")
    assert any("recorded" in each for each in judge(BYTES, case, of_tool, of_trueup).complaints)


@pytest.mark.parametrize("of_trueup", [A, OTHER, FAILS])
@pytest.mark.parametrize("of_tool", [A, FAILS])
def test_what_is_recorded_is_what_was_said(
    tmp_path: Path, of_tool: Outcome, of_trueup: Outcome
) -> None:
    (tmp_path / "case.yaml").write_text("name: a case\ndifferent: for this test\n")
    case = load(tmp_path)
    record(case, of_tool, of_trueup, ".yaml")
    assert not [
        each for each in judge(BYTES, case, of_tool, of_trueup).complaints if "recorded" in each
    ]


def test_a_case_with_an_unknown_key_is_refused(tmp_path: Path) -> None:
    (tmp_path / "case.yaml").write_text("name: a case\ndiferent: a slip\n")
    with pytest.raises(TypeError, match="diferent"):
        load(tmp_path)


def test_inputs_are_not_searched_for_cases(tmp_path: Path) -> None:
    for folder in (tmp_path / "one", tmp_path / "one" / "input"):
        folder.mkdir()
        (folder / "case.yaml").touch()
    assert folders(tmp_path) == [tmp_path / "one"]


def test_each_directory_with_a_mark_is_a_case_of_the_wild(tmp_path: Path) -> None:
    for name in ("a", "a/b", "c"):
        (tmp_path / name).mkdir()
    for name in ("a/b", "c"):
        (tmp_path / name / "mark").touch()
    assert [case.path for case in wild_cases(BYTES, tmp_path, ())] == ["a/b", "c"]
