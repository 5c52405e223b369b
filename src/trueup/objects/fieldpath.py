"""Paths to fields of an object, in the notation of ``managedFields``.

A path is a tuple of elements; each is a string of the FieldsV1 format: ``f:replicas`` (a field),
``k:{"name":"web"}`` (the item of a keyed list), ``v:"x"`` (the member of a set), ``i:0`` (the
item of any other list). Made here, elements are canonical: equal strings mean the same place.
https://kubernetes.io/docs/reference/generated/kubernetes-api/: FieldsV1 v1 meta
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Final, TypeAlias

import orjson

from trueup.errors import InputError
from trueup.objects import gotext

Path: TypeAlias = tuple[str, ...]


class Absent:
    """The type of `ABSENT`: no value at all, as opposed to null."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = Absent()

_FIELD_RANK = {"f": 0, "k": 1, "v": 2, "i": 3}


def key_element(keys: Mapping[str, Any]) -> str:
    """The element of a list item that ``keys`` identify."""
    return "k:" + _json(keys)


def value_element(value: Any) -> str:
    """The element of a set's member."""
    return "v:" + _json(value)


@lru_cache(maxsize=4096)
def canonical(element: str) -> str | None:
    """``element`` in the one spelling used here; None for a type of element that is unknown.

    Raises InputError if it does not parse.
    """
    if len(element) < 2 or element[1] != ":":
        raise InputError(f"field path element {element!r} has no type")
    kind = element[0]
    if kind == "f":
        return element
    if kind in "kvi":
        said = content(element)
        if kind == "k" and not isinstance(said, Mapping):
            raise InputError(f"field path element {element!r} has no keys")
        return f"{kind}:{_json(said)}"
    return None


@lru_cache(maxsize=4096)
def content(element: str) -> Any:
    """What an element says: a field's name, a dict of keys, a value, an index.

    The result is shared between calls: do not change it.
    """
    kind, _, text = element.partition(":")
    if kind == "f":
        return text
    try:
        return int(text) if kind == "i" else orjson.loads(text)
    except ValueError as error:  # also what orjson raises
        raise InputError(f"field path element {element!r} does not parse: {error}") from error


def text(path: Iterable[str]) -> str:
    """For people, as Kubernetes prints it: ``.spec.containers[name="web"].image``."""
    return "".join(map(element_text, path))


@lru_cache(maxsize=4096)
def element_text(element: str) -> str:
    """One element for people: ``.spec``, ``[name="web"]``, ``[="x"]`` or ``[0]``."""
    kind, said = element[0], content(element)
    if kind == "f":
        return f".{said}"
    if kind == "k":
        return "[" + ",".join(f"{name}={quoted(value)}" for name, value in said.items()) + "]"
    return f"[={quoted(said)}]" if kind == "v" else f"[{said}]"


@lru_cache(maxsize=4096)
def order(element: str) -> tuple[Any, ...]:
    """A sort key: fields, keyed items, set members, then indexes, each by what they say."""
    said = content(element)
    rank = _FIELD_RANK[element[0]]
    if element[0] == "k":
        return (rank, *((name, *_value_order(value)) for name, value in said.items()))
    return (rank, *_value_order(said))


def step(container: Any, element: str) -> Any:
    """What ``element`` leads to inside ``container``, or `ABSENT`.

    A keyed item is the first that has all the keys; keys that the server defaulted match too,
    because it stores them.
    """
    said = content(element)
    if element[0] == "f":
        return container.get(said, ABSENT) if isinstance(container, Mapping) else ABSENT
    if not isinstance(container, list):
        return ABSENT
    if element[0] == "i":
        return container[said] if said < len(container) else ABSENT
    if element[0] == "v":
        return said if said in container else ABSENT
    return next((item for item in container if _has_keys(item, said)), ABSENT)


def _has_keys(item: Any, keys: Mapping[str, Any]) -> bool:
    if not isinstance(item, Mapping):
        return False
    return all(name in item and item[name] == value for name, value in keys.items())


def value_at(obj: Any, path: Path) -> Any:
    """The value at ``path`` in ``obj``, or `ABSENT`."""
    for element in path:
        obj = step(obj, element)
        if obj is ABSENT:
            return ABSENT
    return obj


def _json(value: Any) -> str:
    """As Go writes it: sorted keys, no spaces, whole floats as integers, HTML escaped."""
    text = orjson.dumps(_without_whole_floats(value), option=orjson.OPT_SORT_KEYS)
    return gotext.html_escaped(text.decode())


def _without_whole_floats(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_whole_floats(item) for key, item in value.items()}
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e21:
        return int(value)
    return value


def _value_order(value: Any) -> tuple[int, Any]:
    if isinstance(value, bool):
        return 2, value
    if isinstance(value, int | float):
        return 0, value
    return (1, value) if isinstance(value, str) else (3, _json(value))


def quoted(value: Any) -> str:
    """A value as Kubernetes prints one in a path: text in quotes, maps run together."""
    if isinstance(value, Mapping):
        return "".join(f"{name}={quoted(item)}" for name, item in value.items())
    if isinstance(value, list):
        return "[" + ",".join(map(quoted, value)) + "]"
    if not isinstance(value, str):
        return _json(value)
    return gotext.quoted(value)
