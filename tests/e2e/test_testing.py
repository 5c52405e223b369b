"""``docs/testing.md`` as a project of somebody else would follow it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from time import monotonic, sleep

import pytest

from tests.programs import programs_or_skip

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(200)]

DOCUMENT = Path(__file__).parents[2] / "docs" / "testing.md"
BLOCK = re.compile(r"^```python\n# (\S+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
PATIENCE = 60.0


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with the files that the document shows."""
    for name, text in BLOCK.findall(DOCUMENT.read_text()):
        (tmp_path / name).write_text(text)
    return tmp_path


def environment(programs: Path, **more: str) -> dict[str, str]:
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "KUBEBUILDER_ASSETS": str(programs), "PATH": path, **more}


def pytest_in(project: Path, programs: Path) -> str:
    command = [sys.executable, "-m", "pytest", "-rs", "-p", "no:cacheprovider", project]
    ended = subprocess.run(
        command, cwd=project, env=environment(programs), capture_output=True, text=True, check=False
    )
    return ended.stdout


def test_the_fixture_is_a_server_that_kubectl_can_write_to(project: Path) -> None:
    assert "1 passed" in pytest_in(project, programs_or_skip("kubectl"))


def test_without_the_programs_it_skips_and_says_what_is_missing(project: Path) -> None:
    (project / "empty").mkdir()
    assert "empty, lacks etcd or kube-apiserver" in pytest_in(project, project / "empty")


def test_nothing_outlives_a_script_that_is_killed(project: Path) -> None:
    programs = programs_or_skip()
    script = (project / "script.py").read_text() + "    input()\n"
    (project / "script.py").write_text(script)
    running = subprocess.Popen(
        [sys.executable, "script.py"],
        cwd=project,
        env=environment(programs, TMPDIR=str(project), PYTHONUNBUFFERED="1"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with running:
        assert running.stdout
        assert b"https://127.0.0.1:" in running.stdout.readline()
        assert len(commands_in(project)) >= 2
        running.send_signal(signal.SIGKILL)
    patience = monotonic() + PATIENCE
    while commands_in(project) and monotonic() < patience:
        sleep(0.05)
    assert commands_in(project) == []


def commands_in(folder: Path) -> list[bytes]:
    """The commands of all processes that name a file there."""
    named = str(folder).encode()
    return [
        command for command in map(command_of, Path("/proc").glob("[0-9]*")) if named in command
    ]


def command_of(process: Path) -> bytes:
    try:
        return (process / "cmdline").read_bytes()
    except OSError:
        return b""
