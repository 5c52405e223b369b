"""Which of Flux's resources are not served: ``tests/cases/dialects/flux_coverage.yaml``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from trueup.dialects.flux.coverage import NEEDING_FLUX, told, why_unserved
from trueup.objects import yaml

CASES = Path(__file__).parents[2] / "cases" / "dialects" / "flux_coverage.yaml"
TABLE: list[dict[str, Any]] = yaml.load(CASES.read_bytes())
GROUPS = {"Kustomization": "kustomize", "GitRepository": "source"}


@pytest.mark.parametrize("case", TABLE, ids=[case["name"] for case in TABLE])
def test_why_unserved(case: dict[str, Any]) -> None:
    group = f"{GROUPS[case['resource']['kind']]}.toolkit.fluxcd.io/v1"
    meta = {"name": "x", "namespace": "apps"}
    assert (
        why_unserved({"apiVersion": group, "metadata": meta, **case["resource"]})
        == (case["expect"])
    )


def test_many_of_a_kind_are_one_line() -> None:
    kind = NEEDING_FLUX[0]
    meta = {"name": "x", "namespace": "apps"}
    found = [{"apiVersion": kind.api_version, "kind": kind.kind, "metadata": meta}] * 3
    assert told(kind, found) == "HelmRelease/apps/x, and 2 more: HelmRelease needs Flux"
