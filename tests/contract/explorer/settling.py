"""Whether the collector of garbage has nothing left to do among some objects."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

ORPHAN, FOREGROUND = "orphan", "foregroundDeletion"


def is_settled(objects: Iterable[Mapping[str, Any]]) -> bool:
    metas = {each["metadata"]["uid"]: each["metadata"] for each in objects}
    return not any(_has_work(meta, metas) for meta in metas.values())


def _has_work(meta: Any, metas: Mapping[str, Any]) -> bool:
    if "deletionTimestamp" in meta:
        held = meta.get("finalizers") or []
        return ORPHAN in held or (FOREGROUND in held and not _is_blocked(meta, metas))
    owners = [metas.get(each["uid"]) for each in meta.get("ownerReferences") or []]
    return any(owner is None or _awaits_dependents(owner) for owner in owners)


def _awaits_dependents(owner: Any) -> bool:
    return "deletionTimestamp" in owner and FOREGROUND in (owner.get("finalizers") or [])


def _is_blocked(owner: Any, metas: Mapping[str, Any]) -> bool:
    """By dependents that go, but are held by somebody else."""
    blocking = [
        meta
        for meta in metas.values()
        for each in meta.get("ownerReferences") or []
        if each["uid"] == owner["uid"] and each.get("blockOwnerDeletion")
    ]
    return bool(blocking) and all("deletionTimestamp" in meta for meta in blocking)
