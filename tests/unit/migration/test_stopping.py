"""Stopping a workload and starting it again gives back what was there."""

from __future__ import annotations

from typing import Any

import pytest

from trueup.dialects.flux.rivals import LEFT_ALONE
from trueup.merge.jsonmerge import apply as merge
from trueup.migration.stopping import restarted, stopped

ALONE = next(iter(LEFT_ALONE))


@pytest.mark.parametrize("annotations", [{}, {"a": "b"}, {ALONE: "enabled"}, {ALONE: "disabled"}])
@pytest.mark.parametrize("replicas", [0, 1, 3])
def test_started_again_it_is_as_it_was(annotations: dict[str, str], replicas: int) -> None:
    before: Any = {"metadata": {"annotations": annotations}, "spec": {"replicas": replicas}}
    down = merge(before, stopped(before, LEFT_ALONE))
    assert (down["spec"]["replicas"], down["metadata"]["annotations"][ALONE]) == (0, "disabled")
    assert merge(down, restarted(down)) == before


def test_stopped_twice_it_still_knows_how_it_was() -> None:
    before: Any = {"metadata": {}, "spec": {"replicas": 3}}
    down = merge(before, stopped(before, LEFT_ALONE))
    again = merge(down, stopped(down, LEFT_ALONE))
    assert merge(again, restarted(again))["spec"] == {"replicas": 3}


def test_what_no_migration_stopped_is_not_started() -> None:
    assert restarted({"metadata": {}, "spec": {"replicas": 0}}) == {}
