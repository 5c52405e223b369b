"""One direction of imports, as the contracts in pyproject.toml draw it."""

from __future__ import annotations

import subprocess
import sys

from tests.architecture.house import ROOT

LINT = "from importlinter.cli import lint_imports_command as lint; lint()"


def test_the_import_contracts_hold() -> None:
    command = [sys.executable, "-c", LINT, "--no-cache"]
    linted = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert linted.returncode == 0, linted.stdout
