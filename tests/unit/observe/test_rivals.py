"""What shows that a rival lives: ``tests/cases/observe/rivals.yaml``."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from trueup.dialects.argocd.tracking import CONTROLLER
from trueup.dialects.flux.rivals import RIVALS
from trueup.objects import Manifest, ObjectRef, yaml
from trueup.observe.rivals import Hold, hold_of, workload_of

CASES = Path(__file__).parents[2] / "cases" / "observe" / "rivals.yaml"
TABLE: list[dict[str, Any]] = yaml.load(CASES.read_bytes())
ALL = (*RIVALS, CONTROLLER)
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize("case", TABLE, ids=[case["name"] for case in TABLE])
def test_sign_of_life(case: dict[str, Any]) -> None:
    assert seen(**{key: case[key] for key in ("object",)}) == case.get("expect", "")


def seen(object: Manifest) -> str:  # noqa: A002 - the key of the cases
    if object["kind"] == "Lease":
        hold = hold_of(object, ALL)
        return hold.rival.name if hold else ""
    workload = workload_of(object, ALL)
    return workload.rival.name if workload and workload.lives else ""


@pytest.mark.parametrize(
    ("renewed", "age"),
    [
        ("2026-01-01T11:59:50.000000Z", 10),
        ("2026-01-01T12:00:10.000000Z", 0),
        ("", 35),
        ("yesterday", 35),
    ],
)
def test_a_lease_is_as_old_as_its_last_renewal(renewed: str, age: float) -> None:
    ref = ObjectRef("coordination.k8s.io", "Lease", "gitops", "x", "v1")
    assert Hold(ref, "", RIVALS[0], "me", renewed, 35).age(NOON) == age
