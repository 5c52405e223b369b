"""What the tests of the house share: where it is, and what is in it."""

from __future__ import annotations

import ast
import subprocess
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "trueup"


@cache
def parsed(path: Path) -> ast.Module:
    """The syntax tree of a Python file; do not change it."""
    return ast.parse(path.read_bytes(), str(path))


def modules() -> list[Path]:
    return sorted(SOURCE.rglob("*.py"))


def written_files() -> list[Path]:
    """Every file that Git keeps, or would keep: what a reader of the project can see."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this is no clone of the repository, so nothing says which files belong to it")
    return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def name_of(path: Path) -> str:
    """The path as a person would say it, for test ids and messages."""
    return path.relative_to(ROOT).as_posix()
