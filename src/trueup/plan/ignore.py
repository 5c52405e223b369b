"""Leaving fields alone: what is sent of an object some of whose live values are not Git's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from trueup.flow import IgnoredFields
from trueup.merge.jsonpatch import unescaped
from trueup.merge.serverside.managers import APPLY
from trueup.objects import Manifest
from trueup.objects.manifest import copy, metadata
from trueup.plan.diff import ABSENT


def leave_alone(
    wanted: Manifest, live: Mapping[str, Any], rules: Iterable[IgnoredFields], manager: str
) -> Manifest:
    """``wanted`` with the live values of the fields that ``rules`` name.

    A field that another manager applies is left out, so that it stays theirs alone.
    """
    pointers = [path for rule in rules if rule.matches(wanted) for path in rule.paths]
    if not pointers:
        return wanted
    adjusted: Manifest = copy(wanted)
    for pointer in pointers:
        parts = _parts(pointer)
        value = ABSENT if _is_applied_by_other(live, parts, manager) else _get(live, parts)
        _put(adjusted, parts, value)
    return adjusted


def _parts(pointer: str) -> list[str]:
    """The parts of a JSON pointer (RFC 6901)."""
    return [unescaped(part) for part in pointer.split("/")[1:]]


def _get(value: Any, parts: list[str]) -> Any:
    for part in parts:
        if isinstance(value, Mapping):
            value = value.get(part, ABSENT)
        elif isinstance(value, list) and part.isdecimal() and int(part) < len(value):
            value = value[int(part)]
        else:
            return ABSENT
    return value


def _put(target: Any, parts: list[str], value: Any) -> None:
    """Set or remove one field; a way that is not there is only made for a value."""
    if not parts:
        return
    *way, last = parts
    for part in way:
        below = _get(target, [part])
        if below is ABSENT:
            if value is ABSENT or not isinstance(target, dict):
                return
            below = target[part] = {}
        target = below
    if isinstance(target, dict):
        if value is ABSENT:
            target.pop(last, None)
        else:
            target[last] = copy(value)
    elif value is not ABSENT and _get(target, [last]) is not ABSENT:
        target[int(last)] = copy(value)


def _is_applied_by_other(live: Mapping[str, Any], parts: list[str], manager: str) -> bool:
    for entry in metadata(live).get("managedFields") or ():
        if entry.get("operation") == APPLY and entry.get("manager") != manager:
            fields: Any = entry.get("fieldsV1") or {}
            for part in parts:
                fields = fields.get(f"f:{part}") if isinstance(fields, Mapping) else None
            if fields is not None:
                return True
    return False
