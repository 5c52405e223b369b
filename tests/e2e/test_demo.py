"""The demo cleans up after itself, also when it is interrupted. That it comes true: ``make demo``."""

from __future__ import annotations

import fcntl
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from trueup.testing.patience import PATIENCE

ROOT = Path(__file__).parents[2]

Demo = Callable[..., int]


@pytest.fixture
def demo(tmp_path: Path) -> Demo:
    """Runs the demo until it says ``line``, sends it a signal, and gives its exit code."""

    def run(*options: str, until: str, number: int) -> int:
        command = [sys.executable, "-m", "examples.demo", "--folder", str(tmp_path), *options]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            _ = next(line for line in process.stdout if line.startswith(until))
            process.send_signal(number)
            return process.wait(timeout=PATIENCE)

    return run


def refuse_a_running_process(folder: Path) -> None:
    """Raises OSError while a ``trueup up`` holds the data below ``folder``."""
    with (folder / "data" / "lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)


@pytest.mark.e2e
def test_an_interrupted_demo_leaves_no_process_behind(demo: Demo, tmp_path: Path) -> None:
    assert demo(until="3.", number=signal.SIGTERM) == 130
    refuse_a_running_process(tmp_path)


@pytest.mark.e2e
def test_the_long_running_form_goes_on_from_where_it_was(demo: Demo, tmp_path: Path) -> None:
    ends = [demo("--stay", until="Ctrl-C", number=signal.SIGINT) for _ in range(2)]
    assert ends == [0, 0]
    refuse_a_running_process(tmp_path)
