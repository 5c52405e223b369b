"""The real helm, in a home of its own."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from tests.e2e.fetch.running import Helm
from tests.programs import tool_or_skip


@pytest.fixture
def helm(tmp_path: Path) -> Helm:
    """Runs ``helm ARGUMENTS`` and gives what it says; the test fails where helm does."""
    program, home = tool_or_skip("helm"), tmp_path / "home"
    places = {f"HELM_{each}_HOME": str(home / each.lower()) for each in ("CACHE", "CONFIG", "DATA")}

    async def run(*arguments: object) -> str:
        process = await asyncio.create_subprocess_exec(
            *map(str, (program, *arguments)),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env={**os.environ, **places},
        )
        out, _ = await process.communicate()
        assert process.returncode == 0, out.decode()
        return out.decode()

    return run
