"""Reads, of one object or of many."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.contract.explorer.subjects import Subject
from tests.contract.explorer.wording import NAMES, SELECTORS, Steps, path_of


def reads(subject: Subject) -> Steps:
    one = NAMES.map(lambda name: {"send": f"GET {path_of(subject, name)}"})
    options = (
        "",
        *SELECTORS,
        "limit=1",
        "limit=1",
        f"limit=1&continue={{{subject.name}_continue}}",
        f"limit=2&continue={{{subject.name}_continue}}",
        "limit=-1",
        "limit=x",
        "continue=wrong",
        "resourceVersion=0",
        "resourceVersion=0&resourceVersionMatch=Exact",
        "resourceVersion=x",
        "resourceVersionMatch=NotOlderThan",
    )
    many = st.sampled_from(options).map(lambda query: {"send": f"GET {subject.place}?{query}"})
    return st.one_of(one, many)
