"""The difference of two objects, field by field.

Lists of objects are matched by ``name`` (or another key) where all elements have one, so that an
inserted container is one change and not a change to each that follows. Where elements changed
places, the list itself is a change too, of their keys.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson

from trueup.objects import Manifest


class _Absent:
    def __repr__(self) -> str:
        return "(absent)"


ABSENT: Final = _Absent()
"""Stands for a field that is not there, which is not the same as one that is null."""

_KEYS = ("name", "key", "containerPort", "port", "mountPath", "ip", "type", "id")

_IGNORED_METADATA = (
    "creationTimestamp",
    "generation",
    "managedFields",
    "resourceVersion",
    "selfLink",
    "uid",
)


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field: ``before`` and ``after`` are values or ABSENT."""

    path: str
    """``.spec.template.spec.containers[name="web"].image``"""
    before: Any
    after: Any


def diff(before: Any, after: Any, path: str = "") -> Iterator[FieldChange]:
    """What must change in ``before`` to make it ``after``; empty if they are equal."""
    match before, after:
        case dict(), dict():
            for key in [*before, *(key for key in after if key not in before)]:
                here = f"{path}.{key}" if _is_plain(key) else f"{path}[{_quoted(key)}]"
                yield from diff(before.get(key, ABSENT), after.get(key, ABSENT), here)
        case list(), list():
            yield from _diff_lists(before, after, path)
        case _ if before != after or type(before) is not type(after):
            if not _equal_numbers(before, after):
                yield FieldChange(path, before, after)


def diff_objects(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[FieldChange]:
    """As ``diff``, without status and what the server keeps for itself."""
    return list(diff(comparable(before), comparable(after)))


def comparable(obj: Mapping[str, Any]) -> Manifest:
    """``obj`` without status and server-kept metadata; shares its parts with ``obj``."""
    kept = {key: value for key, value in obj.items() if key != "status"}
    metadata = obj.get("metadata")
    if isinstance(metadata, Mapping):
        kept["metadata"] = {k: v for k, v in metadata.items() if k not in _IGNORED_METADATA}
    return kept


def _diff_lists(before: list[Any], after: list[Any], path: str) -> Iterator[FieldChange]:
    key = _list_key(before, after)
    if key is None:
        for index in range(max(len(before), len(after))):
            left = before[index] if index < len(before) else ABSENT
            right = after[index] if index < len(after) else ABSENT
            yield from diff(left, right, f"{path}[{index}]")
        return
    left_by, right_by = ({item[key]: item for item in items} for items in (before, after))
    left_order = [value for value in left_by if value in right_by]
    right_order = [value for value in right_by if value in left_by]
    if left_order != right_order:
        yield FieldChange(path, list(left_by), list(right_by))
    for value in [*left_by, *(v for v in right_by if v not in left_by)]:
        shown = _quoted(value) if isinstance(value, str) else value
        here = f"{path}[{key}={shown}]"
        yield from diff(left_by.get(value, ABSENT), right_by.get(value, ABSENT), here)


def _list_key(before: list[Any], after: list[Any]) -> str | None:
    """The field that identifies the elements of both lists, if there is one."""
    if not before and not after:
        return None
    for key in _KEYS:
        if all(_identifies(items, key) for items in (before, after)):
            return key
    return None


def _identifies(items: list[Any], key: str) -> bool:
    values = [item.get(key, ABSENT) if isinstance(item, dict) else ABSENT for item in items]
    if any(not isinstance(value, str | int) for value in values):
        return False
    return len(set(values)) == len(values)


def _equal_numbers(before: Any, after: Any) -> bool:
    """1 and 1.0 are one number to the API; True and 1 are not."""
    numbers = (int, float)
    if isinstance(before, bool) or isinstance(after, bool):
        return False
    return isinstance(before, numbers) and isinstance(after, numbers) and before == after


def _quoted(text: str) -> str:
    return orjson.dumps(text).decode()


def _is_plain(key: str) -> bool:
    return key.replace("-", "_").isidentifier()
