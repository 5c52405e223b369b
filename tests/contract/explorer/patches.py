"""Operations that send a change: merge patches, strategic ones, JSON patches."""

from __future__ import annotations

from functools import cache
from typing import Any

from hypothesis import strategies as st

from tests.contract.explorer.bodies import ODD, at, fragments, leaves, merged
from tests.contract.explorer.subjects import Subject
from tests.contract.explorer.wording import (
    NAMES,
    Step,
    Steps,
    one_or,
    path_of,
    queries,
    versions,
)


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
    target = f"{path_of(subject, name)}{draw(queries('force=true'))}"
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
    target = f"{path_of(subject, draw(NAMES))}{draw(queries())}"
    return {"send": f"PATCH {target}", "type": "json", "body": operations}


@cache
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


def releases(subject: Subject) -> Steps:
    """Lets go of what holds an object."""
    body = st.sampled_from(({"metadata": {"finalizers": None}}, {"metadata": {"finalizers": []}}))
    return st.builds(
        lambda name, body: {
            "send": f"PATCH {path_of(subject, name)}",
            "type": "merge",
            "body": body,
        },
        NAMES,
        body,
    )
