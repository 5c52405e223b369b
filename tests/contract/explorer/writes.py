"""Operations that send a whole object: create, update, apply."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.contract.explorer.bodies import fragments, merged
from tests.contract.explorer.subjects import Subject
from tests.contract.explorer.wording import (
    BAD_NAMES,
    MANAGERS,
    NAMES,
    OTHER_TYPES,
    Step,
    named,
    one_or,
    path_of,
    queries,
    versions,
)


def minimal_create(subject: Subject) -> Step:
    body = merged({**subject.typed, "metadata": {"name": "a"}}, subject.least)
    return {"send": f"POST {subject.place}", "body": body}


@st.composite
def creates(draw: st.DrawFn, subject: Subject) -> Step:
    name = draw(one_or(NAMES, BAD_NAMES))
    least = draw(one_or(st.just(subject.least), st.just({})))
    body = named(subject, name, merged(least, draw(fragments(subject))))
    odd = draw(st.integers(0, 15))
    if odd == 1 and isinstance(body["metadata"], dict):
        body["metadata"] = {**_without(body["metadata"], "name"), "generateName": f"{name}-"}
    elif odd in {2, 3}:
        body = merged(body, draw(st.sampled_from(OTHER_TYPES)))
    elif odd == 4:
        body = _without(body, draw(st.sampled_from(sorted(body))))
    elif odd == 5:
        body = merged(body, {"metadata": {"uid": "mine"}})
    if odd in {5, 6, 7}:
        body = merged(body, draw(versions(subject, "a")))
    return {"send": f"POST {subject.place}{draw(queries())}", "body": body}


def _without(body: Any, key: str) -> Any:
    return {name: value for name, value in body.items() if name != key}


@st.composite
def updates(draw: st.DrawFn, subject: Subject) -> Step:
    name = draw(NAMES)
    body = named(subject, name, merged(subject.least, draw(fragments(subject))))
    body = merged(body, draw(versions(subject, name)))
    if draw(st.integers(0, 9)) == 9:
        body = merged(body, draw(st.sampled_from(OTHER_TYPES)))
    if draw(st.integers(0, 9)) == 9:
        uids = (f"{{{subject.name}_{name}_uid}}", "other")
        body = merged(body, {"metadata": {"uid": draw(st.sampled_from(uids))}})
    target = draw(one_or(st.just(name), one_or(NAMES, BAD_NAMES)))
    return {"send": f"PUT {path_of(subject, target)}{draw(queries())}", "body": body}


@st.composite
def applies(draw: st.DrawFn, subject: Subject) -> Step:
    name = draw(one_or(NAMES, one_or(NAMES, BAD_NAMES)))
    least = draw(st.sampled_from((subject.least, subject.least, {})))
    body = named(subject, name, merged(least, draw(fragments(subject))))
    if draw(st.integers(0, 9)) == 9:
        body = merged(body, draw(versions(subject, name)))
    manager = draw(one_or(MANAGERS.map("fieldManager={}".format), st.just("")))
    force = draw(st.sampled_from(("", "", "&force=true")))
    rest = draw(one_or(st.just(""), st.sampled_from(("&dryRun=All", "&fieldValidation=Strict"))))
    target = f"{path_of(subject, name)}?{manager}{force}{rest}"
    return {"send": f"PATCH {target}", "type": "apply", "body": body}
