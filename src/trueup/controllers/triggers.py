"""Which changes of a resource are a reason to look at it: not our own status writes."""

from collections.abc import Mapping
from typing import Any

from trueup.objects import Manifest
from trueup.objects.manifest import annotations, metadata


def worth_a_look(before: Manifest | None, now: Manifest | None) -> bool:
    """Whether spec, annotations, finalizers or deletion changed, or the object came or went."""
    if before is None or now is None:
        return True
    return _asked(before) != _asked(now)


def _asked(resource: Mapping[str, Any]) -> tuple[Any, ...]:
    meta = metadata(resource)
    return (
        meta.get("uid"),
        meta.get("generation"),
        meta.get("annotations"),
        meta.get("labels"),
        meta.get("finalizers"),
        meta.get("deletionTimestamp"),
    )


def annotation(resource: Mapping[str, Any], name: str) -> str:
    return annotations(resource).get(name, "")
