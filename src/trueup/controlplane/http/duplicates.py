"""Fields that a JSON body names more than once; the last one counts, but it is hardly meant."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import orjson


class _Object(dict[str, Any]):
    """An object that remembers which of its names came again."""

    repeated: tuple[str, ...] = ()


def duplicate_fields(body: bytes) -> list[str]:
    """The paths of repeated fields: ``spec.containers[0].image``. ``body`` parses as JSON."""
    if _comes_out_as_it_went_in(body):
        return []
    found: list[_Object] = []

    def read(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        obj = _Object(pairs)
        if len(obj) < len(pairs):
            counts = Counter(name for name, _ in pairs)
            obj.repeated = tuple(name for name, count in counts.items() if count > 1)
            found.append(obj)
        return obj

    try:
        value = json.loads(body, object_pairs_hook=read)
        return list(_below(value, "")) if found else []
    except (ValueError, RecursionError):
        return []  # what does not parse is refused elsewhere


def _comes_out_as_it_went_in(body: bytes) -> bool:
    """What most clients send does, and then no field was lost: a quick look first."""
    try:
        return orjson.dumps(orjson.loads(body)) == body
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):  # the latter: nested too deeply
        return False


def _below(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, _Object):
        prefix = f"{path}." if path else ""
        for name, item in value.items():
            yield from _below(item, prefix + name)
        yield from (prefix + name for name in value.repeated)
    elif isinstance(value, list):
        for at, item in enumerate(value):
            yield from _below(item, f"{path}[{at}]")
