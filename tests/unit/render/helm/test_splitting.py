"""Streams taken apart: ``tests/cases/render/helm/splitting.yaml``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from trueup.objects import yaml
from trueup.render.helm.splitting import split_documents

CASES: list[dict[str, Any]] = yaml.load(
    (Path(__file__).parents[3] / "cases" / "render" / "helm" / "splitting.yaml").read_bytes()
)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_stream_is_taken_apart_where_helm_does(case: dict[str, Any]) -> None:
    assert split_documents(case["text"]) == case["documents"]


@pytest.mark.timeout(10)
def test_a_stream_of_blanks_takes_no_long_time() -> None:
    assert split_documents("a\n" + " \n" * 2_000_000) == ["a\n" + " \n" * 2_000_000]
