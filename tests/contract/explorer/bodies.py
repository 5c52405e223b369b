"""Bodies that are nearly right: pieces put together, and now and then one value spoilt."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from hypothesis import strategies as st

from tests.contract.explorer.subjects import METADATA, Subject

Path = tuple[str | int, ...]

ODD: tuple[Any, ...] = (None, "", 5, "text", True, [], {}, 1.5, -1, ["text"], [None], {"k": "v"})
LONG = "x" * 64


def merged(base: Any, over: Any) -> Any:
    """Mappings merge; anything else is replaced."""
    if not (isinstance(base, dict) and isinstance(over, dict)):
        return copy.deepcopy(over)
    return {
        **copy.deepcopy(base),
        **{key: merged(base.get(key), value) for key, value in over.items()},
    }


@cache
def fragments(subject: Subject, *, most: int = 3) -> st.SearchStrategy[dict[str, Any]]:
    """Some of the pieces of ``subject`` in one, at times with metadata, at times spoilt."""
    pieces = st.lists(st.sampled_from(subject.pieces), max_size=most)
    labels = st.lists(metadata(), max_size=1)
    whole = st.builds(_assembled, pieces, labels)
    return st.one_of(whole, whole, whole, whole.flatmap(spoilt))


@cache
def status_fragments(subject: Subject) -> st.SearchStrategy[dict[str, Any]]:
    pieces = st.lists(st.sampled_from(subject.status), min_size=1, max_size=2)
    whole = st.builds(_assembled, pieces, st.lists(metadata(), max_size=1))
    return st.one_of(whole, whole, whole.flatmap(spoilt))


@cache
def metadata() -> st.SearchStrategy[dict[str, Any]]:
    owners = st.builds(_owned, st.sampled_from(("configmaps", "secrets")), st.booleans())
    return st.one_of(st.sampled_from(METADATA), owners)


def _owned(resource: str, blocks: bool) -> dict[str, Any]:
    kind = {"configmaps": "ConfigMap", "secrets": "Secret"}[resource]
    owner = {"apiVersion": "v1", "kind": kind, "name": "a", "uid": f"{{{resource}_a_uid}}"}
    return {"ownerReferences": [{**owner, "blockOwnerDeletion": True} if blocks else owner]}


def _assembled(pieces: Sequence[Any], labels: Sequence[Any]) -> dict[str, Any]:
    whole: dict[str, Any] = {}
    for piece in pieces:
        whole = merged(whole, piece)
    return merged(whole, {"metadata": labels[0]}) if labels else whole


@st.composite
def spoilt(draw: st.DrawFn, body: dict[str, Any]) -> dict[str, Any]:
    """``body`` with one value of another type, an unknown field beside it, or an item twice."""
    paths = list(leaves(body))
    if not paths:
        return body
    path = draw(st.sampled_from(paths))
    result = copy.deepcopy(body)
    holder: Any = result
    for step in path[:-1]:
        holder = holder[step]
    value = draw(st.sampled_from((*ODD, LONG)))
    holder[path[-1]] = value
    if isinstance(holder, dict) and draw(st.booleans()):
        holder[path[-1]] = at(body, path)
        holder["unknown"] = value
    return result


def leaves(value: Any, at: Path = ()) -> Iterator[Path]:
    """The paths of all values, those of mappings and lists before what is in them."""
    if at:
        yield at
    items = value.items() if isinstance(value, dict) else ()
    items = enumerate(value) if isinstance(value, list) else items
    for key, item in items:
        yield from leaves(item, (*at, key))


def at(value: Any, path: Path) -> Any:
    for step in path:
        value = value[step]
    return value
