"""Hiding secret values wherever a person or a log could see them.

A mask says that a value is there and whether it changed, never what it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from trueup.plan.diff import ABSENT, FieldChange

BEFORE, AFTER, SAME = "*** (before)", "*** (after)", "***"

_SECRET_FIELDS = (".data", ".stringData")
_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def is_secret(obj: Mapping[str, Any]) -> bool:
    return obj.get("kind") == "Secret" and obj.get("apiVersion") == "v1"


def mask_changes(changes: Iterable[FieldChange], *, secret: bool) -> list[FieldChange]:
    """``changes`` of an object with the values of a Secret hidden."""
    if not secret:
        return list(changes)
    return [_mask(change) if _is_sensitive(change.path) else change for change in changes]


def mask_object(obj: Mapping[str, Any]) -> dict[str, Any]:
    """``obj`` fit to be shown: of a Secret, only the keys."""
    shown = dict(obj)
    if is_secret(obj):
        for field in ("data", "stringData"):
            if isinstance(obj.get(field), Mapping):
                shown[field] = dict.fromkeys(obj[field], SAME)
        metadata = dict(obj.get("metadata") or {})
        annotations = dict(metadata.get("annotations") or {})
        if _LAST_APPLIED in annotations:
            annotations[_LAST_APPLIED] = SAME
            shown["metadata"] = {**metadata, "annotations": annotations}
    return shown


def _is_sensitive(path: str) -> bool:
    return path.startswith(_SECRET_FIELDS) or _LAST_APPLIED in path


def _mask(change: FieldChange) -> FieldChange:
    return replace(
        change, before=_masked(change.before, BEFORE), after=_masked(change.after, AFTER)
    )


def _masked(value: Any, mark: str) -> Any:
    if value is ABSENT:
        return ABSENT
    return dict.fromkeys(value, mark) if isinstance(value, Mapping) else mark
