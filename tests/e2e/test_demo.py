"""The demo cleans up after itself, also when it is interrupted. That it comes true: ``make demo``."""

from __future__ import annotations

import fcntl
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.e2e
@pytest.mark.timeout(120)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_an_interrupted_demo_leaves_no_process_behind(tmp_path: Path, number: int) -> None:
    command = [sys.executable, "-m", "examples.demo", "--folder", str(tmp_path)]
    demo = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert demo.stdout is not None
    with demo:
        _ = next(line for line in demo.stdout if line.startswith("3."))
        demo.send_signal(number)
        assert demo.wait(timeout=60) == 130
    with (tmp_path / "data" / "lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # fails while `trueup up` runs
