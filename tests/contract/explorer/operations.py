"""Sequences of operations at random: each operation is a step as the tables of clauses have them.

A step may name what an earlier answer told, in braces: ``{RESOURCE_NAME_uid}``, ``_version`` (the
latest resourceVersion), ``_first`` (the one at its creation), ``{RESOURCE_continue}``. What no
answer told is sent as it stands: a wrong value like any other.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from tests.contract.explorer.bodies import (
    LONG,
    ODD,
    at,
    fragments,
    leaves,
    merged,
    spoilt,
    status_fragments,
)
from tests.contract.explorer.subjects import BUILT_IN, CHANGING, CUSTOM, Subject

Step = dict[str, Any]
Steps = st.SearchStrategy[Step]

NAMES = st.sampled_from(("a", "a", "a", "a", "b", "b", "c"))
BAD_NAMES = st.sampled_from(("A", "a_b", "a.b", "-a", "1a", LONG, LONG * 4, ".", "a b", "ä"))
MANAGERS = st.sampled_from(("one", "two", "three"))
OTHER_TYPES: tuple[dict[str, Any], ...] = (
    *({"apiVersion": version} for version in ("v2", "/v1", "v1/", "apps/v1", "a/b/c", None, "", 1)),
    *(
        {"kind": kind}
        for kind in ("Other", "Secret", "ConfigMapList", "DeleteOptions", None, "", 1)
    ),
    {"apiVersion": "v1", "kind": "ConfigMap"},
    {"apiVersion": "apps/v1", "kind": "Deployment"},
    {"apiVersion": "apps/v1beta1", "kind": "Deployment"},
    {"apiVersion": "autoscaling/v1", "kind": "Scale"},
)
SELECTORS = (
    "labelSelector=tier%3Dfront",
    "labelSelector=tier%21%3Dfront",
    "labelSelector=app+in+(x,y)",
    "labelSelector=%21tier",
    "labelSelector=tier",
    "labelSelector=tier%3Dnot+a+label",
    "labelSelector=app+in+x",
    "fieldSelector=metadata.name%3Da",
    "fieldSelector=metadata.name%21%3Da",
    "fieldSelector=metadata.namespace%3D{ns}",
    "fieldSelector=type%3DOpaque",
    "fieldSelector=spec.size%3D3",
    "fieldSelector=metadata.name",
)


@dataclass(frozen=True)
class Exploration:
    """``definition``: of the sequence's custom kind; ``own``: it may be changed."""

    subjects: tuple[Subject, ...]
    steps: list[Step] = field(default_factory=list)

    @property
    def custom(self) -> Subject | None:
        return next((each for each in self.subjects if each.definition), None)


@st.composite
def sequences(draw: st.DrawFn, most: int = 14) -> Exploration:
    """One or two kinds, and operations on few names, so that they meet."""
    subjects = [draw(st.sampled_from(BUILT_IN))]
    customs = draw(st.sampled_from((*[()] * 4, *[CUSTOM] * 5, CHANGING)))
    if customs:
        custom = draw(st.sampled_from(customs))
        subjects = [custom, *subjects] if draw(st.booleans()) else [custom]
    anything = st.sampled_from(subjects).flatmap(step)
    first = [minimal_create(subject) for subject in subjects] if draw(st.booleans()) else []
    return Exploration(
        tuple(subjects), [*first, *draw(st.lists(anything, min_size=1, max_size=most))]
    )


def minimal_create(subject: Subject) -> Step:
    body = merged({**subject.typed, "metadata": {"name": "a"}}, subject.least)
    return {"send": f"POST {subject.place}", "body": body}


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


def one_or(strategy: st.SearchStrategy[Any], rare: st.SearchStrategy[Any]) -> Any:
    """``rare`` one time in eight."""
    return st.integers(0, 7).flatmap(lambda number: rare if number == 7 else strategy)


def queries(*usual: str) -> st.SearchStrategy[str]:
    """A query of a write, with its question mark; most have none."""
    some = ("", "", "", *usual, "fieldManager=one", "fieldManager=two", "dryRun=All")
    rare = ("dryRun=Some", "fieldManager=" + LONG * 3, "fieldValidation=Wrong")
    strict = ("fieldValidation=Strict", "fieldValidation=Ignore")
    return one_or(st.sampled_from(some), st.sampled_from(rare + strict)).map(
        lambda query: f"?{query}" if query else ""
    )


def named(subject: Subject, name: str, body: dict[str, Any]) -> dict[str, Any]:
    return merged({**subject.typed, "metadata": {"name": name}}, body)


@st.composite
def creates(draw: st.DrawFn, subject: Subject) -> Step:
    name = draw(one_or(NAMES, BAD_NAMES))
    least = draw(one_or(st.just(subject.least), st.just({})))
    body = named(subject, name, merged(least, draw(fragments(subject))))
    odd = draw(st.integers(0, 15))
    if odd == 1:
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


def versions(subject: Subject, name: str) -> st.SearchStrategy[dict[str, Any]]:
    known = f"{{{subject.name}_{name}_"
    usual = (known + "version}", known + "version}", known + "first}", None)
    return one_or(st.sampled_from(usual), st.sampled_from(("", "0", "1", "x", 1))).map(
        lambda version: {} if version is None else {"metadata": {"resourceVersion": version}}
    )


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
    return {"send": f"PUT {_path(subject, target)}{draw(queries())}", "body": body}


def _path(subject: Subject, name: str) -> str:
    return f"{subject.place}/{name.replace(' ', '%20')}"


@st.composite
def patches(draw: st.DrawFn, subject: Subject) -> Step:
    """Merge patches and, for kinds of the server's own, strategic ones."""
    name = draw(NAMES)
    body = draw(fragments(subject, most=2))
    media = draw(st.sampled_from(("merge", "strategic" if not subject.definition else "merge")))
    if draw(st.integers(0, 5)) == 5:
        body = draw(removals(body, media))
    if draw(st.integers(0, 5)) == 5:
        body = merged(body, draw(versions(subject, name)))
    target = f"{_path(subject, name)}{draw(queries('force=true'))}"
    return {"send": f"PATCH {target}", "type": media, "body": body}


@st.composite
def removals(draw: st.DrawFn, body: dict[str, Any], media: str) -> Any:
    """``body`` with one value taken away, or with one of the directives of a strategic patch."""
    mappings = [path for path in leaves(body) if isinstance(at(body, path), dict)]
    lists = [path for path in leaves(body) if isinstance(at(body, path), list)]
    if media == "merge" or not (mappings or lists):
        paths = [path for path in leaves(body) if not any(isinstance(x, int) for x in path)]
        return _with(body, draw(st.sampled_from(paths)), None) if paths else body
    path = draw(st.sampled_from(mappings + lists))
    value = at(body, path)
    if isinstance(value, dict):
        directive = draw(st.sampled_from(("replace", "delete", "merge", "wrong")))
        return _with(body, path, {**value, "$patch": directive})
    if isinstance(path[-1], str) and draw(st.booleans()):
        order = [_key(item) for item in reversed(value)]
        return _with(body, (*path[:-1], f"$setElementOrder/{path[-1]}"), order)
    if isinstance(path[-1], str) and all(isinstance(item, str) for item in value):
        return _with(body, (*path[:-1], f"$deleteFromPrimitiveList/{path[-1]}"), value[:1])
    return _with(body, path, [*value, {"$patch": "replace"}])


def _key(item: Any) -> Any:
    keys = ("name", "key", "port", "containerPort", "mountPath", "uid", "type")
    if isinstance(item, dict):
        return {key: item[key] for key in keys if key in item}
    return item


def _with(body: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    if isinstance(body, list):
        return [
            _with(item, path[1:], value) if at == path[0] else item for at, item in enumerate(body)
        ]
    return {**body, path[0]: _with(body.get(path[0]) or {}, path[1:], value)}


@st.composite
def json_patches(draw: st.DrawFn, subject: Subject) -> Step:
    operations = draw(st.lists(json_operations(subject), min_size=1, max_size=3))
    target = f"{_path(subject, draw(NAMES))}{draw(queries())}"
    return {"send": f"PATCH {target}", "type": "json", "body": operations}


@st.composite
def json_operations(draw: st.DrawFn, subject: Subject) -> dict[str, Any]:
    body = merged(subject.least, draw(fragments(subject, most=1)))
    paths = [(), *leaves(body)]
    path = draw(st.sampled_from(paths))
    odd = draw(st.integers(0, 9))
    pointer = _pointer(path) + ("/-" if odd == 8 else "/none" if odd == 9 else "")
    verb = draw(st.sampled_from(("add", "add", "replace", "remove", "test", "copy", "move")))
    if verb == "remove":
        return {"op": verb, "path": pointer}
    if verb in {"copy", "move"}:
        return {"op": verb, "from": _pointer(draw(st.sampled_from(paths))), "path": pointer}
    value = draw(one_or(st.just(at(body, path)), st.sampled_from(ODD)))
    return {"op": verb, "path": pointer, "value": value}


def _pointer(path: tuple[Any, ...]) -> str:
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


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
    target = f"{_path(subject, name)}?{manager}{force}{rest}"
    return {"send": f"PATCH {target}", "type": "apply", "body": body}


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
    step = {"send": f"DELETE {_path(subject, name)}{query}"}
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


def reads(subject: Subject) -> Steps:
    one = NAMES.map(lambda name: {"send": f"GET {_path(subject, name)}"})
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


def releases(subject: Subject) -> Steps:
    """Lets go of what holds an object."""
    body = st.sampled_from(({"metadata": {"finalizers": None}}, {"metadata": {"finalizers": []}}))
    return st.builds(
        lambda name, body: {"send": f"PATCH {_path(subject, name)}", "type": "merge", "body": body},
        NAMES,
        body,
    )


@st.composite
def statuses(draw: st.DrawFn, subject: Subject) -> Step:
    name = draw(NAMES)
    path = f"{_path(subject, name)}/status"
    body = draw(status_fragments(subject))
    verb = draw(st.sampled_from(("merge", "merge", "apply", "update", "get")))
    if verb == "get":
        return {"send": f"GET {path}"}
    if verb == "update":
        whole = named(
            subject, name, merged(merged(subject.least, body), draw(versions(subject, name)))
        )
        return {"send": f"PUT {path}{draw(queries())}", "body": whole}
    if verb == "apply":
        force = draw(st.sampled_from(("", "&force=true")))
        target = f"{path}?fieldManager={draw(MANAGERS)}{force}"
        return {"send": f"PATCH {target}", "type": "apply", "body": named(subject, name, body)}
    return {"send": f"PATCH {path}{draw(queries())}", "type": "merge", "body": body}


@st.composite
def scales(draw: st.DrawFn, subject: Subject) -> Step:
    name = draw(NAMES)
    path = f"{_path(subject, name)}/scale"
    # kube-apiserver cannot apply a custom resource's scale, see known_differences.yaml.
    is_custom = subject.definition is not None
    odd = st.sampled_from((-1, "two", None, 2**40))
    replicas = draw(one_or(st.integers(0, 4), odd))
    spec: dict[str, Any] = {"spec": {"replicas": replicas}}
    spec = draw(one_or(st.just(spec), spoilt(spec)))
    verb = draw(st.sampled_from(("merge", "update", "get", "get" if is_custom else "apply")))
    typed = {"apiVersion": "autoscaling/v1", "kind": "Scale", "metadata": {"name": name}}
    typed |= draw(one_or(st.just({}), st.sampled_from(OTHER_TYPES)))
    if verb == "get":
        return {"send": f"GET {path}"}
    if verb == "update":
        body = merged(merged(typed, spec), draw(versions(subject, name)))
        return {"send": f"PUT {path}{draw(queries())}", "body": body}
    if verb == "apply":
        target = f"{path}?fieldManager={draw(MANAGERS)}"
        return {"send": f"PATCH {target}", "type": "apply", "body": {**typed, **spec}}
    return {"send": f"PATCH {path}{draw(queries())}", "type": "merge", "body": spec}


DEFINITION = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/things.{group}"


def changes(subject: Subject) -> Steps:
    """Another schema for the kind; the sender then waits until the server has taken it up."""
    assert subject.definition is not None
    schemas = (subject.definition["schema"], *subject.later)
    return st.sampled_from(schemas).map(
        lambda schema: {
            "send": f"PATCH {DEFINITION}",
            "type": "json",
            "body": [
                {
                    "op": "replace",
                    "path": "/spec/versions/0/schema/openAPIV3Schema",
                    "value": schema,
                }
            ],
        }
    )
