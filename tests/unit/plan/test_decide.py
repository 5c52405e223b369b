"""What to do with one object: ``tests/cases/plan/decide.yaml``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from trueup.flow import Controls, Desired, Write
from trueup.objects import ObjectRef, yaml
from trueup.plan.decide import Live, Remembered, decide

CASES = Path(__file__).parents[2] / "cases" / "plan" / "decide.yaml"
TABLE: list[dict[str, Any]] = yaml.load(CASES.read_bytes())
REF = ObjectRef("", "ConfigMap", "apps", "web", "v1")


@pytest.mark.parametrize("case", TABLE, ids=[case["name"] for case in TABLE])
def test_decide(case: dict[str, Any]) -> None:
    remembered = Remembered(**case["remembered"]) if "remembered" in case else None
    change = decide(_desired(**case["desired"]), _live(case.get("live")), remembered)
    said = {"action": change.action, "cause": change.cause, "reason": change.reason}
    assert {name: value for name, value in said.items() if value} == case["expect"]


def _desired(sent: str, write: str = "always", may_vanish: bool = False) -> Desired:
    return Desired(REF, b"", sent, Controls(write=Write(write), may_vanish=may_vanish))


def _live(given: dict[str, Any] | None) -> Live | None:
    if given is None:
        return None
    controls = Controls(write=Write(given.get("write", "always")))
    return Live(given["uid"], given["digest"], controls=controls, deleting="deleting" in given)
