"""The benchmark runs to its end, and a commit renders what it touches. Figures are never asserted."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson
import pytest

from trueup.testing.patience import PATIENCE

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("bench")
    found = folder / "results.json"
    size = ["--deliveries", "5", "--drifts", "2", "--quiet", "0.5"]
    command = [sys.executable, "-m", "bench", *size, "--folder", str(folder / "run")]
    subprocess.run([*command, "--json", str(found)], cwd=ROOT, check=True, timeout=3 * PATIENCE)
    measured: dict[str, Any] = orjson.loads(found.read_bytes())
    return measured


@pytest.mark.e2e
def test_a_commit_renders_the_one_delivery_that_it_touches(results: dict[str, Any]) -> None:
    assert results["commit"]["renders"] == 1


@pytest.mark.e2e
def test_a_quiet_time_costs_no_api_call(results: dict[str, Any]) -> None:
    assert results["idle"]["by_method"] == {}
