"""Deletions, of one object or of many."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.contract.explorer.subjects import Subject
from tests.contract.explorer.wording import NAMES, SELECTORS, Step, one_or, path_of


@st.composite
def deletes(draw: st.DrawFn, subject: Subject) -> Step:
    name = draw(NAMES)
    policies = ("Background", "Foreground", "Orphan")
    body: Any = draw(
        st.one_of(
            st.just({}),
            st.sampled_from(policies).map(lambda policy: {"propagationPolicy": policy}),
            st.sampled_from(policies).map(lambda policy: {"propagationPolicy": policy}),
            st.sampled_from(deletion_odds(subject, name)),
        )
    )
    if draw(st.integers(0, 9)) == 9:
        query = draw(st.sampled_from(SELECTORS[:5]))
        return {"send": f"DELETE {subject.place}?{query}", "body": body}
    queries = ("?dryRun=All", "?propagationPolicy=Orphan", "?propagationPolicy=Wrong")
    query = draw(one_or(st.just(""), st.sampled_from(queries)))
    step = {"send": f"DELETE {path_of(subject, name)}{query}"}
    return {**step, "body": body} if body != {} or draw(st.booleans()) else step


def deletion_odds(subject: Subject, name: str) -> tuple[Any, ...]:
    known = f"{{{subject.name}_{name}_"
    return (
        {"preconditions": {"uid": known + "uid}"}},
        {"preconditions": {"uid": "other"}},
        {"preconditions": {"resourceVersion": known + "version}"}},
        {"preconditions": {"resourceVersion": known + "first}"}},
        {"propagationPolicy": "Wrong"},
        {"orphanDependents": True},
        {"orphanDependents": False},
        {"orphanDependents": True, "propagationPolicy": "Orphan"},
        {"gracePeriodSeconds": 0},
        {"gracePeriodSeconds": -1},
        {"dryRun": ["All"]},
        {"dryRun": ["None"]},
        {"unknown": 1},
        {"kind": "Other"},
        {"apiVersion": "v1", "kind": "DeleteOptions"},
        {"apiVersion": 1},
        {"apiVersion": "a/b/c"},
        [],
        ["text"],
        5,
        None,
    )
