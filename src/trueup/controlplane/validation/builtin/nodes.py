"""Nodes."""

from __future__ import annotations

from collections.abc import Iterator

from trueup.controlplane.validation.causes import (
    Cause,
    below,
    child,
    duplicate,
    each,
    required,
    unsupported,
)
from trueup.objects import Manifest, names

_EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")


def node(obj: Manifest) -> Iterator[Cause]:
    """The path of taints is the apiserver's, which takes them for metadata."""
    seen: set[tuple[str, str]] = set()
    for at, taint in enumerate(obj["spec"].get("taints") or ()):
        place = below("metadata.taints", at)
        key, effect = str(taint.get("key") or ""), str(taint.get("effect") or "")
        yield from each(child(place, "key"), key, names.qualified_name(key))
        if not effect:
            yield required(child(place, "effect"))
        elif effect not in _EFFECTS:
            yield unsupported(child(place, "effect"), effect, _EFFECTS)
        if (key, effect) in seen:
            yield duplicate(place, taint)
        seen.add((key, effect))
