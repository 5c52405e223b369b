"""What holds for server-side apply whatever the objects are.

The fields of an object and who owns them are in the table of ``test_serverside``.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.merge.things import specs, typed_specs
from trueup.errors import Conflict
from trueup.merge import serverside
from trueup.merge.fieldset import FieldSet, union_of
from trueup.merge.serverside.shape import shape_of
from trueup.merge.serverside.typed import fields_of
from trueup.objects import Manifest, fieldpath, manifest, yaml
from trueup.schema import Schema, definitions

CASES = Path(__file__).parents[2] / "cases" / "merge"
THING = Schema(yaml.load((CASES / "thing.yaml").read_bytes()), definitions())
EARLY, LATE = "2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z"


def apply(
    live: Manifest | None, spec: Any, manager: str, *, force: bool = False, now: str = EARLY
) -> Manifest:
    return serverside.apply(live, thing(spec), manager=manager, schema=THING, now=now, force=force)


def thing(spec: Any) -> Manifest:
    return {"apiVersion": "x.io/v1", "kind": "Thing", "metadata": {"name": "x"}, "spec": spec}


def conflicts(live: Manifest, spec: Any) -> set[tuple[str, str]]:
    try:
        apply(live, spec, "a")
    except Conflict as error:
        return {(cause["message"], cause["field"]) for cause in error.causes}
    return set()


def owned(obj: Manifest, manager: str) -> FieldSet:
    return serverside.owned_fields(obj, manager)


def said(obj: Manifest, at: FieldSet) -> Any:
    """The values there; null and empty ones do not tell: pruning leaves one for the other."""
    return _without_empty(serverside.project(obj, at))


def _without_empty(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    kept = {key: _without_empty(item) for key, item in value.items()}
    return {key: item for key, item in kept.items() if item not in (None, {}, [])}


def fields(spec: Any) -> FieldSet:
    return fields_of(shape_of(THING), {"spec": spec})


@given(specs)
def test_applying_twice_changes_nothing(spec: Any) -> None:
    once = apply(None, spec, "a")
    assert apply(once, spec, "a", now=LATE) == once


@given(specs)
def test_an_applier_owns_exactly_the_fields_that_it_applied(spec: Any) -> None:
    assert owned(apply(None, spec, "a"), "a") == fields(spec)


@given(specs, specs)
def test_an_applier_that_moves_on_leaves_what_a_new_object_would_be(old: Any, new: Any) -> None:
    moved = apply(apply(None, old, "a"), new, "a")
    assert said(moved, owned(moved, "a")) == said(apply(None, new, "a"), fields(new))


@given(specs, specs)
def test_a_forced_field_is_its_new_owners(theirs: Any, mine: Any) -> None:
    result = apply(apply(None, theirs, "b"), mine, "a", force=True)
    assert owned(result, "a") == fields(mine)
    assert said(result, fields(mine)) == said(thing(mine), fields(mine))


@given(typed_specs, typed_specs)
def test_a_conflict_names_the_owner_and_fields_that_force_takes_away(
    theirs: Any, mine: Any
) -> None:
    live = apply(None, theirs, "b")
    lost = owned(live, "b") - owned(apply(live, mine, "a", force=True), "b")
    assert conflicts(live, mine) == {
        ('conflict with "b"', fieldpath.text(path)) for path in lost.paths()
    }


@given(specs, specs)
def test_managers_without_conflict_may_come_in_any_order(one: Any, other: Any) -> None:
    try:
        first = apply(apply(None, one, "a"), other, "b")
        second = apply(apply(None, other, "b"), one, "a")
    except Conflict:
        return
    everything = union_of([owned(first, "a"), owned(first, "b")])
    assert owned(first, "a") == owned(second, "a")
    assert said(first, everything) == said(second, everything)


@given(specs, specs)
def test_a_manager_that_lets_go_takes_only_its_own_fields_along(one: Any, other: Any) -> None:
    both = apply(apply(None, one, "a"), other, "b", force=True)
    left = serverside.apply(
        both, {**thing({}), "spec": {}}, manager="a", schema=THING, now=LATE, force=True
    )
    kept = owned(both, "b")
    assert said(left, kept) == said(both, kept)


@given(specs, specs, st.booleans())
def test_what_is_given_is_never_changed(one: Any, other: Any, force: bool) -> None:
    live, applied = apply(None, one, "a"), thing(other)
    before = manifest.copy([live, applied])
    with contextlib.suppress(Conflict):
        serverside.apply(live, applied, manager="b", schema=THING, now=LATE, force=force)
    assert [live, applied] == before


@given(specs, specs)
def test_an_update_credits_the_changes_to_its_manager_alone(old: Any, new: Any) -> None:
    live = apply(None, old, "a")
    after = {**thing(new), "metadata": {**live["metadata"], "uid": "1"}}
    result = serverside.update(live, after, manager="b", schema=THING, now=LATE)
    mine = serverside.owned_fields(result, "b", "Update")
    assert not mine & owned(result, "a")
    assert {k: v for k, v in result.items() if k != "metadata"} == {
        k: v for k, v in after.items() if k != "metadata"
    }


@given(typed_specs, typed_specs)
def test_foreign_fields_and_status_do_not_change_the_projection(mine: Any, theirs: Any) -> None:
    live = apply(None, mine, "a")
    try:
        touched = apply(live, theirs, "b")
    except Conflict:
        return
    touched = {**touched, "status": {"phase": "Ready"}}
    own = owned(live, "a")
    assert said(touched, own) == said(live, own)
