"""``trueup build-many``: questions and answers as JSON lines."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.parity.cases import CASES, folders, load, recorded_of_trueup
from trueup.cli import main

MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n"


def ask(*questions: Any, jobs: int = 2) -> list[dict[str, Any]]:
    """The answers, in the order of the questions' ids."""
    lines = "".join(q if isinstance(q, str) else json.dumps(q) + "\n" for q in questions)
    found = CliRunner().invoke(main, ["build-many", "--jobs", str(jobs)], input=lines)
    assert found.exit_code == 0, found.output
    answers = [json.loads(line) for line in found.stdout.rstrip("\n").split("\n")]
    return sorted(answers, key=lambda answer: str(answer["id"]))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "kustomization.yaml").write_text("resources: [a.yaml]\n")
    (tmp_path / "a.yaml").write_text(MAP)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def process(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "trueup", "build-many"]
    with subprocess.Popen(
        command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as running:
        yield running
        running.kill()


def test_each_question_is_answered_by_its_id(folder: Path) -> None:
    found = ask(*({"id": number, "dir": "."} for number in range(9)))
    assert found == [{"id": number, "yaml": MAP} for number in range(9)]


def test_what_is_rendered_side_by_side_is_the_same_as_alone() -> None:
    cases = {str(folder): load(folder) for folder in folders(CASES / "kustomize")[::8]}
    found = ask(
        *(
            {
                "id": name,
                "dir": str(case.input / case.path),
                "flags": ["--renderer", "kustomize", *case.flags],
            }
            for name, case in cases.items()
            if not case.env
        ),
        jobs=8,
    )
    printed = {answer["id"]: answer["yaml"].encode() for answer in found if "yaml" in answer}
    assert printed == {
        name: expected
        for name, case in cases.items()
        if not case.env and (expected := recorded_of_trueup(case).printed) is not None
    }


def test_flags_are_those_of_build(folder: Path) -> None:
    found = ask({"id": 1, "dir": ".", "flags": ["--enable-managedby-label"]})
    assert "app.kubernetes.io/managed-by" in found[0]["yaml"]


@pytest.mark.parametrize(
    ("flags", "cause"),
    [
        (["--nope"], "No such option"),
        (["--output", "a"], "No such option"),
        (["--help"], "No such option"),
        (["other"], "unexpected extra argument"),
        (["--reorder", "up"], "'up' is not one of"),
        (["--enable-exec"], "is refused"),
        ("--reorder", '"flags" is no list of texts'),
    ],
)
def test_a_bad_flag_is_the_error_of_its_question(folder: Path, flags: Any, cause: str) -> None:
    bad, good = ask({"id": "a", "dir": ".", "flags": flags}, {"id": "b", "dir": "."})
    assert cause in bad["error"]
    assert good == {"id": "b", "yaml": MAP}


def test_nothing_else_reads_the_questions(folder: Path) -> None:
    (folder / "Chart.yaml").write_text("apiVersion: v2\nname: web\nversion: 1.0.0\n")
    chart = {"dir": ".", "flags": ["--renderer", "helm", "--values", "-"]}
    assert [answer["id"] for answer in ask({"id": 1, **chart}, {"id": 2, "dir": "."})] == [1, 2]


def test_a_folder_that_does_not_render_is_the_error_of_its_question(folder: Path) -> None:
    bad, good = ask({"id": "a", "dir": "gone"}, {"id": "b", "dir": "."})
    assert bad["error"] == "gone: no such file or directory; name a directory"
    assert good["yaml"] == MAP


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        ("{\n", "is not JSON"),
        ("[]\n", "is not a JSON object"),
        ("{}\n", '"dir" is no text'),
        ('{"dir": ".", "flag": []}\n', "unknown field flag"),
        ("x" * 1024 * 1024 + "\n", "is longer than 1048576 bytes"),
        ("\ud800\n".encode("utf-8", "surrogatepass").decode("latin-1"), "is not JSON"),
    ],
)
def test_a_bad_line_is_answered_by_its_number(folder: Path, line: str, cause: str) -> None:
    bad, good = ask(line, {"id": "b", "dir": "."})
    assert cause in bad["error"]
    assert (bad["id"], bad["line"], good["yaml"]) == (None, 1, MAP)


def test_blank_lines_are_passed_over_and_counted(folder: Path) -> None:
    assert ask("\n  \n", "{\n")[0]["line"] == 3


def test_a_name_that_is_no_utf_8_is_told_in_escapes(folder: Path) -> None:
    (folder / "kustomization.yaml").unlink()
    Path(os.fsdecode(os.fsencode(folder) + b"/\xff.yaml")).write_text(f"{MAP}---\na: 1\n")
    assert "\\udcff.yaml: line 6" in ask({"id": 1, "dir": "."})[0]["error"]


def test_a_bad_question_keeps_its_id(folder: Path) -> None:
    assert ask({"id": {"my": "own"}, "dir": 1})[0]["id"] == {"my": "own"}


def test_an_answer_comes_before_the_next_question(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin is not None
    assert process.stdout is not None
    for number in range(2):
        process.stdin.write(b'{"id": %d, "dir": "."}\n' % number)
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["id"] == number
    process.stdin.close()
    assert process.wait(30) == 0


def test_an_interrupt_ends_it_quietly(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(b'{"id": 1, "dir": "."}\n')
    process.stdin.flush()
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    assert process.wait(30) == 130
