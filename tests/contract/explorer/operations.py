"""Sequences of operations at random."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

from hypothesis import strategies as st

from tests.contract.explorer.definitions import changes
from tests.contract.explorer.deletes import deletes
from tests.contract.explorer.patches import json_patches, patches, releases
from tests.contract.explorer.reads import reads
from tests.contract.explorer.subjects import BUILT_IN, CHANGING, CUSTOM, Subject
from tests.contract.explorer.subresources import scales, statuses
from tests.contract.explorer.wording import Step, Steps
from tests.contract.explorer.writes import applies, creates, minimal_create, updates


@dataclass(frozen=True)
class Exploration:
    """``steps``, one after the other, on objects of ``subjects``; one kind at most is custom."""

    subjects: tuple[Subject, ...]
    steps: list[Step] = field(default_factory=list)

    @property
    def custom(self) -> Subject | None:
        return next((each for each in self.subjects if each.definition), None)


@st.composite
def sequences(
    draw: st.DrawFn, most: int = 14, built_in: tuple[Subject, ...] = BUILT_IN
) -> Exploration:
    """One or two kinds, and operations on few names, so that they meet."""
    subjects = [draw(st.sampled_from(built_in))]
    customs = draw(st.sampled_from((*[()] * 4, *[CUSTOM] * 5, CHANGING)))
    if customs:
        custom = draw(st.sampled_from(customs))
        subjects = [custom, *subjects] if draw(st.booleans()) else [custom]
    anything = st.sampled_from(subjects).flatmap(step)
    first = [minimal_create(subject) for subject in subjects] if draw(st.booleans()) else []
    return Exploration(
        tuple(subjects), [*first, *draw(st.lists(anything, min_size=1, max_size=most))]
    )


@cache
def step(subject: Subject) -> Steps:
    choices = [
        creates(subject),
        creates(subject),
        updates(subject),
        patches(subject),
        patches(subject),
        json_patches(subject),
        applies(subject),
        applies(subject),
        applies(subject),
        deletes(subject),
        reads(subject),
        releases(subject),
    ]
    if "status" in subject.subresources and subject.status:
        choices += [statuses(subject)]
    if "scale" in subject.subresources:
        choices += [scales(subject)]
    if subject.later:
        choices += [changes(subject)]
    return st.one_of(choices)
