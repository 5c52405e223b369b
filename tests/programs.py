"""The real programs that tests start; where they are missing, a loud skip."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from trueup.testing.kube import kube_programs, missing_programs

_TOOLS = Path(__file__).parents[1] / "testenv" / "tools.sh"


def programs_or_skip(*more: str) -> Path:
    """The folder of etcd, kube-apiserver and ``more``."""
    return kube_programs(*more) or pytest.skip(missing_programs(*more))


def tool_or_skip(name: str) -> Path:
    """The program of a real tool that ``testenv/tools.sh`` builds; a loud skip until it has."""
    built = subprocess.run(
        [_TOOLS, "--built", name], stdout=subprocess.PIPE, text=True, check=False
    )
    if built.returncode:
        pytest.skip(f"no real {name} here; `make tools` builds one")
    return Path(built.stdout.split(maxsplit=2)[2].strip())
