"""What drifted, and who did it.

The difference is taken between the live object and the server's dry-run answer to our own apply:
that answer says what would be true, with all defaulting done.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from trueup.plan.diff import FieldChange, diff_objects
from trueup.plan.mask import is_secret, mask_changes


@dataclass(frozen=True, slots=True)
class Author:
    """A field manager that wrote one of the drifted fields, as ``managedFields`` shows it."""

    manager: str
    operation: str
    time: str
    subresource: str = ""


def drifted_fields(live: Mapping[str, Any], corrected: Mapping[str, Any]) -> list[FieldChange]:
    """The fields in which ``live`` differs from what it would be; secret values are masked."""
    return mask_changes(diff_objects(live, corrected), secret=is_secret(live))


def authors(
    live: Mapping[str, Any], changes: Sequence[FieldChange], ours: str
) -> tuple[Author, ...]:
    """Who owns the drifted fields now; if nobody does, who wrote last.

    ``ours`` is our own manager, which never counts. Empty if ``live`` does not say.
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


def _steps(path: str) -> list[str]:
    """The plain field names along a path: enough to find it in a FieldsV1 tree."""
    steps: list[str] = []
    name, depth, quoted = "", 0, False
    for char in path:
        if char == '"':
            quoted = not quoted
        if char == "[" and not quoted:
            depth += 1
        if depth == 0 and char == "." and not quoted:
            steps.append(name)
            name = ""
        elif depth == 0:
            name += char
        if char == "]" and not quoted:
            depth -= 1
    return [step for step in [*steps, name] if step]


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
