"""Conditions, events, times, and the lines that people read."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trueup.apply import Done, Outcome
from trueup.errors import InputError, Invalid
from trueup.objects import ObjectRef
from trueup.observe.drift import Author
from trueup.plan.decide import Cause
from trueup.plan.diff import ABSENT, FieldChange
from trueup.report.conditions import Condition, find, is_true, updated
from trueup.report.events import event
from trueup.report.outcomes import (
    change_lines,
    counts,
    drift_line,
    drift_of,
    failure_message,
    history_lines,
)
from trueup.report.times import duration_of, seconds_of, timestamp

WEB = ObjectRef("apps", "Deployment", "apps", "web", "v1")
NOW = datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC)

# Conditions

READY = Condition("Ready", "True", "Done", "all well")


def conditions(*wanted: Condition, before: Any = (), now: str = "t1") -> list[dict[str, Any]]:
    return updated(before, wanted, generation=3, now=now)


def test_a_condition_says_which_generation_it_is_about_and_since_when() -> None:
    assert conditions(READY) == [
        {
            "type": "Ready",
            "status": "True",
            "reason": "Done",
            "message": "all well",
            "observedGeneration": 3,
            "lastTransitionTime": "t1",
        }
    ]


def test_the_time_moves_only_with_the_status() -> None:
    other = Condition("Ready", "True", "Again", "still well")
    unready = Condition("Ready", "False", "Bad", "not well")
    same = conditions(other, before=conditions(READY), now="t2")
    turned = conditions(unready, before=same, now="t3")
    assert [c[0]["lastTransitionTime"] for c in (same, turned)] == ["t1", "t3"]


def test_conditions_of_others_stay_and_dropped_ones_go() -> None:
    before = [{"type": "Foreign", "status": "True"}, {"type": "Reconciling", "status": "True"}]
    after = updated(before, [READY], generation=1, now="t", dropped=["Reconciling"])
    assert [condition["type"] for condition in after] == ["Foreign", "Ready"]


def test_what_is_given_stays_as_it_is() -> None:
    before = [{"type": "Ready", "status": "False"}]
    conditions(READY, before=before)
    assert before == [{"type": "Ready", "status": "False"}]


def test_only_a_true_condition_is_true() -> None:
    held = conditions(READY, Condition("Stalled", "False", "r", "m"))
    assert (is_true(held, "Ready"), is_true(held, "Stalled"), is_true(held, "None")) == (
        True,
        False,
        False,
    )
    assert find(held, "None") is None


# Events

ABOUT = {
    "apiVersion": "x.io/v1",
    "kind": "Thing",
    "metadata": {"name": "web", "namespace": "apps", "uid": "1", "resourceVersion": "9"},
}


def said(message: str = "hello", about: Any = ABOUT, now: datetime = NOW) -> dict[str, Any]:
    return event(about, "Greeting", message, component="trueup", now=now)


def test_an_event_said_twice_at_one_time_is_one_event() -> None:
    assert said() == said()


@pytest.mark.parametrize(
    "other",
    [said("bye"), said(now=NOW + timedelta(seconds=1))],
    ids=["other words", "another time"],
)
def test_another_event_has_another_name(other: dict[str, Any]) -> None:
    assert other["metadata"]["name"] != said()["metadata"]["name"]


@given(
    st.from_regex(
        r"[a-z0-9]([-a-z0-9]{0,60}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,60}[a-z0-9])?){0,3}",
        fullmatch=True,
    )
)
def test_an_events_name_is_one_that_the_api_takes(name: str) -> None:
    found = said(about={**ABOUT, "metadata": {"name": name}})["metadata"]["name"]
    assert len(found) <= 253
    assert re.fullmatch(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*", found)


def test_a_long_message_is_cut() -> None:
    assert len(said("x" * 5000)["message"]) == 1024


def test_an_event_about_a_cluster_wide_object_lies_in_the_default_namespace() -> None:
    found = said(about={**ABOUT, "metadata": {"name": "web"}})
    assert (found["metadata"]["namespace"], found["involvedObject"]["namespace"]) == ("default", "")


# Times


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("30s", 30), ("1m30s", 90), ("1h", 3600), ("1.5h", 5400), ("100ms", 0.1), ("0s", 0)],
)
def test_durations_are_read_as_go_writes_them(text: str, seconds: float) -> None:
    assert seconds_of(text) == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["", "5", "5 m", "1d", "-5m", "m", "1m x"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="is not a duration"):
        seconds_of(text)


@given(st.integers(0, 10**9))
def test_a_duration_comes_back_as_it_was(milliseconds: int) -> None:
    assert seconds_of(duration_of(milliseconds / 1000)) == pytest.approx(milliseconds / 1000)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.12, "120ms"), (1, "1s"), (62.345, "1m2.345s"), (600, "10m0s"), (3600, "1h0m0s")],
)
def test_durations_are_written_as_go_writes_them(seconds: float, text: str) -> None:
    assert duration_of(seconds) == text


def test_times_are_in_utc_and_whole_seconds() -> None:
    there = NOW.astimezone(timezone(timedelta(hours=2)))
    assert timestamp(there) == "2026-01-02T03:04:05Z"


# Lines

DB = ObjectRef("", "Service", "apps", "db", "v1")
OUTCOMES = [
    Outcome(WEB, Done.CONFIGURED),
    Outcome(DB, Done.UNCHANGED),
    Outcome(DB, Done.FAILED, error=Invalid("spec is wrong")),
    Outcome(WEB, Done.WAITING, reason="is being deleted"),
]


def test_only_what_was_written_is_a_change() -> None:
    assert change_lines(OUTCOMES) == ["Deployment/apps/web configured"]


def test_history_begins_with_failures() -> None:
    assert history_lines(OUTCOMES) == ("failed Service/apps/db", "configured Deployment/apps/web")


def test_outcomes_are_counted() -> None:
    found = counts(OUTCOMES)
    assert (found.configured, found.unchanged, found.failed, found.created) == (1, 1, 1, 0)


def test_a_failure_names_its_object_once() -> None:
    named = Outcome(DB, Done.FAILED, error=Invalid("bad", subject="Service/apps/db"))
    assert failure_message([OUTCOMES[2], named]) == (
        "Service/apps/db: spec is wrong\nService/apps/db: bad"
    )


def test_a_drift_is_told_with_fields_hands_and_what_was_done() -> None:
    outcome = Outcome(
        WEB,
        Done.CONFIGURED,
        Cause.DRIFT_CHANGED,
        drifted=(FieldChange(".spec.replicas", 5, 2), FieldChange(".spec.paused", ABSENT, False)),
        authors=(Author("kubectl-scale", "Update", "t"),),
    )
    assert drift_line(drift_of(outcome, "now")) == (
        "Deployment/apps/web was changed by kubectl-scale:"
        " .spec.replicas 5, .spec.paused (none); corrected"
    )


def test_a_drift_that_is_not_corrected_yet_is_told_in_words() -> None:
    outcome = Outcome(WEB, Done.WAITING, Cause.DRIFT_CHANGED)
    assert drift_line(drift_of(outcome, "now")).endswith("was changed; backing off")


@pytest.mark.parametrize(
    ("outcome", "action"),
    [
        (Outcome(WEB, Done.CREATED, Cause.DRIFT_DELETED), "Recreated"),
        (Outcome(WEB, Done.CONFIGURED, Cause.DRIFT_REPLACED, recreated=True), "Recreated"),
        (Outcome(WEB, Done.WAITING, Cause.DRIFT_CHANGED), "BackingOff"),
        (Outcome(WEB, Done.FAILED, Cause.DRIFT_CHANGED), "Failed"),
        (Outcome(WEB, Done.UNCHANGED, Cause.DRIFT_CHANGED), "Reported"),
    ],
)
def test_a_drift_says_what_was_done(outcome: Outcome, action: str) -> None:
    assert drift_of(outcome, "now").action == action
