"""What drifted, and who did it.

The difference is taken between the live object and the server's dry-run answer to our own apply:
that answer says what would be true, with all defaulting done.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from trueup.plan.diff import FieldChange, diff_objects
from trueup.plan.mask import is_secret, mask_changes


@dataclass(frozen=True, slots=True)
class Author:
    """A field manager that wrote one of the drifted fields, as ``managedFields`` shows it."""

    manager: str
    operation: str
    time: str
    subresource: str = ""


def changed_fields(live: Mapping[str, Any], answer: Mapping[str, Any]) -> list[FieldChange]:
    """The fields in which ``live`` differs from ``answer``; secret values are masked."""
    return mask_changes(diff_objects(live, answer), secret=is_secret(live))


def drifted_fields(
    live: Mapping[str, Any], answer: Mapping[str, Any], ours: str
) -> list[FieldChange]:
    """As ``changed_fields``, but only those that our manager ``ours`` owns in ``answer``.

    Between the two, others may have written fields of their own.
    """
    applied = [
        entry.get("fieldsV1") or {}
        for entry in (answer.get("metadata") or {}).get("managedFields") or ()
        if (entry.get("manager"), entry.get("operation")) == (ours, "Apply")
    ]
    return [
        change
        for change in changed_fields(live, answer)
        if any(_names(fields, _steps(change.path)) for fields in applied)
    ]


def authors(
    live: Mapping[str, Any], changes: Sequence[FieldChange], ours: str
) -> tuple[Author, ...]:
    """Who owns the drifted fields now; if nobody does, who wrote last.

    ``ours`` is our own manager, which does not count; empty: all do. Empty if ``live`` does not say.
    """
    entries = [
        entry
        for entry in (live.get("metadata") or {}).get("managedFields") or ()
        if entry.get("manager") != ours and entry.get("subresource") != "status"
    ]
    paths = [_steps(change.path) for change in changes]
    owners = [e for e in entries if any(_names(e.get("fieldsV1") or {}, path) for path in paths)]
    if not owners and entries:
        owners = [max(entries, key=lambda entry: str(entry.get("time", "")))]
    return tuple(
        Author(
            str(entry.get("manager", "")),
            str(entry.get("operation", "")),
            str(entry.get("time", "")),
            str(entry.get("subresource", "")),
        )
        for entry in owners
    )


_STEP = re.compile(
    r"""\.(?P<name>[^.\[]+)             # a field
    | \[(?P<key>"(?:[^"\\]|\\.)*")\]   # a key of a map
    | \[(?:"(?:[^"\\]|\\.)*"|[^"\]])*\]  # an element of a list
    """,
    re.VERBOSE,
)


def _steps(path: str) -> list[str]:
    """The field names and keys along a path: enough to find it in a FieldsV1 tree."""
    found = _STEP.finditer(path)
    steps = (step["name"] or (orjson.loads(step["key"]) if step["key"] else "") for step in found)
    return [step for step in steps if step]


def _names(fields: Mapping[str, Any], steps: Sequence[str]) -> bool:
    """Whether a FieldsV1 tree has the path, at whatever list element."""
    if not steps:
        return True
    found = fields.get(f"f:{steps[0]}")
    if isinstance(found, Mapping) and (not found or _names(found, steps[1:])):
        return True
    return any(
        _names(below, steps)
        for key, below in fields.items()
        if key.startswith(("k:", "v:", "i:")) and isinstance(below, Mapping)
    )
