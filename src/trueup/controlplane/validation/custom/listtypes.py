"""Sets hold each value once, and lists that are maps each key once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from trueup.controlplane.validation.causes import Cause, below, child, duplicate, invalid
from trueup.schema import Schema


def duplicates(schema: Schema, value: Any, path: str = "") -> list[Cause]:
    """One cause for each value or key that occurs again in a set or map below ``value``."""
    return list(_walk(schema, value, path))


def _walk(schema: Schema | None, value: Any, path: str) -> Iterator[Cause]:
    if schema is None:
        return
    if isinstance(value, dict):
        for name, item in value.items():
            if name in schema.properties:
                yield from _walk(schema.properties[name], item, child(path, name))
            else:
                yield from _walk(schema.additional, item, below(path, name))
    elif isinstance(value, list):
        yield from _check(schema, value, path)
        for at, item in enumerate(value):
            yield from _walk(schema.items, item, below(path, at))


def _check(schema: Schema, items: list[Any], path: str) -> Iterator[Cause]:
    if schema.list_type == "set":
        yield from _repeated(items, path)
    elif schema.list_type == "map":
        for at, item in enumerate(items):
            if item is not None and not isinstance(item, dict):
                detail = "must be an object for an array of list-type map"
                yield invalid(below(path, at), item, detail)
                return
        keys = [{k: item[k] for k in schema.list_keys if k in item} for item in map(_known, items)]
        yield from _repeated(keys, path)


def _known(item: Any) -> dict[str, Any]:
    return item if isinstance(item, dict) else {}


def _repeated(identities: list[Any], path: str) -> Iterator[Cause]:
    """The second occurrence of each is reported, further ones are not."""
    counts: dict[bytes, int] = {}
    for at, identity in enumerate(identities):
        text = orjson.dumps(identity, option=orjson.OPT_SORT_KEYS)
        counts[text] = counts.get(text, 0) + 1
        if counts[text] == 2:
            yield duplicate(below(path, at), identity)
