"""Bad input on the command line: one line that says what is wrong, and never a traceback."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from trueup.cli import main
from trueup.objects import yaml

from .conftest import Run

CASES = Path(__file__).parents[2] / "cases" / "bad_inputs" / "cli.yaml"
TABLE: list[dict[str, Any]] = yaml.load(CASES.read_bytes())


@pytest.mark.parametrize("case", TABLE, ids=[case["name"] for case in TABLE])
def test_it_says_in_one_line_what_is_wrong(
    case: dict[str, Any],
    request: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run: Run = request.getfixturevalue("run") if case.get("world") else run_alone
    for path, said in case.get("files", {}).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content(said))
    monkeypatch.chdir(tmp_path)
    result = run(*case["args"].split())
    assert (result.exit_code, result.stdout) == (case.get("exit", 1), "")
    assert result.stderr.count("\n") == 1
    assert not [part for part in case["expect"] if part not in result.stderr], result.stderr


def run_alone(*args: str) -> Any:
    return CliRunner().invoke(main, args, prog_name="trueup")


def content(said: str | dict[str, Any]) -> bytes:
    """Text; or ``base64``, or a text to ``repeat`` so many ``times`` after ``before``."""
    if isinstance(said, str):
        return said.encode()
    if "base64" in said:
        return base64.b64decode(said["base64"])
    return f"{said['before']}{said['repeat'] * said['times']}".encode()
