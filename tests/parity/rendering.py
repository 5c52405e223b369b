"""One case, rendered by Trueup and by the real tool."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from tests.parity.cases import Case, Outcome
from tests.parity.tools import Tool
from trueup.errors import TrueupError

_PATIENCE = 60.0
"""Seconds for one run of a real tool."""


def by_trueup(tool: Tool, case: Case) -> Outcome:
    try:
        return Outcome(tool.trueup(case))
    except TrueupError as error:
        return Outcome(error=str(error))


def by_the_tool(tool: Tool, program: Path, case: Case) -> Outcome:
    """Runs ``program``, which sees nothing of this process's environment but where programs are."""
    try:
        run = subprocess.run(
            [program, *tool.arguments(case)],
            cwd=case.input,
            env=_environment(case),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Outcome(error=f"no end after {_PATIENCE:.0f} s")
    if run.returncode:
        return Outcome(
            error=run.stderr.decode(errors="replace").strip() or f"exit {run.returncode}"
        )
    return Outcome(run.stdout)


def _environment(case: Case) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    own = {name: text.replace("INPUT", str(case.input)) for name, text in case.env.items()}
    return {**kept, **own}
