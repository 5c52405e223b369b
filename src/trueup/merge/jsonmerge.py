"""JSON merge patches (RFC 7386), as the library applies them that kube-apiserver uses.

It reads the RFC freely: what a patch brings anew loses its nulls even inside lists.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def apply(target: Any, patch: Any) -> Any:
    """``target`` as ``patch`` makes it: null removes, mappings merge, all else replaces.

    Neither argument is changed; the result shares what it has in common with both.
    """
    if not isinstance(target, dict):
        return _without_nulls(patch)
    if not isinstance(patch, dict):
        return patch
    merged = dict(target)
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = apply(merged.get(name), value)
    return merged


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_nulls(item) for name, item in value.items() if item is not None}
    return [_without_nulls(item) for item in value] if isinstance(value, list) else value


def patch_between(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """The patch that makes ``before`` into ``after``, which holds no nulls: they cannot be said."""
    patch: dict[str, Any] = {key: None for key in before if key not in after}
    for key, value in after.items():
        old = before.get(key)
        if isinstance(value, Mapping) and isinstance(old, Mapping):
            if inner := patch_between(old, value):
                patch[key] = inner
        elif value != old or key not in before:
            patch[key] = value
    return patch
