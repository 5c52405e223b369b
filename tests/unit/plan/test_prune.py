"""What is deleted of an inventory, ``tests/cases/plan/prune.yaml``, and what is kept at the last."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trueup.flow import Controls, Write
from trueup.objects import ObjectRef, yaml
from trueup.plan.prune import plan_prune, why_kept

CASES = Path(__file__).parents[2] / "cases" / "plan" / "prune.yaml"
TABLE: list[dict[str, Any]] = yaml.load(CASES.read_bytes())
MARKS = {"owner/name": "apps", "owner/namespace": "flux-system"}


@pytest.mark.parametrize("case", TABLE, ids=[case["name"] for case in TABLE])
def test_prune(case: dict[str, Any]) -> None:
    inventory, desired, claimed = (
        _refs(case.get(name, [])) for name in ("inventory", "desired", "claimed")
    )
    plan = plan_prune(
        inventory,
        desired,
        claimed_elsewhere=claimed,
        confirmed=case.get("confirmed", False),
    )
    said = {"delete": [f"{ref.kind}/{ref.name}" for ref in plan.delete], "held": plan.held}
    said["deleted"] = len(plan.delete)
    assert {name: said[name] for name in case["expect"]} == case["expect"]
    assert not (plan.held and plan.delete)


def _refs(written: Any) -> list[ObjectRef]:
    if isinstance(written, dict):
        written = [f"ConfigMap/{number}" for number in range(1, written["many"] + 1)]
    return [ObjectRef("", *text.split("/")[:1], "", text.split("/")[1]) for text in written]


REFS = st.builds(
    ObjectRef, st.just(""), st.sampled_from(["A", "B"]), st.just(""), st.sampled_from("abcd")
)


@given(st.lists(REFS), st.lists(REFS), st.lists(REFS), st.booleans())
def test_prune_never_goes_beyond_the_inventory_nor_meets_what_is_wanted(
    inventory: list[ObjectRef], desired: list[ObjectRef], claimed: list[ObjectRef], confirmed: bool
) -> None:
    plan = plan_prune(inventory, desired, claimed_elsewhere=claimed, confirmed=confirmed)
    assert set(plan.delete) <= set(inventory) - set(desired) - set(claimed)


def live(**labels: str) -> dict[str, Any]:
    return {"metadata": {"labels": labels}}


MARKED = {"metadata": {"labels": {**MARKS, "app": "web"}}}


def test_an_object_that_still_is_ours_may_be_deleted() -> None:
    assert why_kept(MARKED, MARKS, Controls()) == ""


@pytest.mark.parametrize(
    "obj",
    [{}, {"metadata": {"labels": {"owner/name": "apps"}}}, {"metadata": {"labels": None}}],
    ids=["no metadata", "one mark only", "no labels"],
)
def test_an_object_without_every_mark_is_kept(obj: dict[str, Any]) -> None:
    assert why_kept(obj, MARKS, Controls()) == "it is no longer marked as this delivery's"


def test_an_object_of_another_delivery_is_kept() -> None:
    other = {"metadata": {"labels": {**MARKS, "owner/name": "other"}}}
    assert why_kept(other, MARKS, Controls()) == "it is no longer marked as this delivery's"


def test_an_object_that_says_not_to_be_pruned_is_kept() -> None:
    assert why_kept(MARKED, MARKS, Controls(prune=False)) == "it says not to be pruned"


def test_an_object_that_says_to_be_left_alone_is_kept() -> None:
    controls = Controls(write=Write.NEVER)
    assert why_kept(MARKED, MARKS, controls) == "it says to be left alone"
