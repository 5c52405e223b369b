"""Taking over fields that an imperative client set, so that Git alone decides about them.

As fluxcd/pkg ssa does: the entries of displaced managers become ours, and the next apply drops
what is not wanted. A foreign manager that is not named keeps its fields.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trueup.merge.fieldset import FieldSet

_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def takeover_patch(
    live: Mapping[str, Any], manager: str, displaced: tuple[str, ...]
) -> list[dict[str, Any]]:
    """A JSON patch on ``live`` that gives us the fields of ``displaced``; empty if none has any."""
    metadata = live.get("metadata") or {}
    entries = metadata.get("managedFields") or []
    taken = [entry for entry in entries if _is_displaced(entry, manager, displaced)]
    patch: list[dict[str, Any]] = []
    if taken:
        version = {"op": "test", "path": "/metadata/resourceVersion"}
        patch.append({**version, "value": metadata.get("resourceVersion")})
        kept = [entry for entry in entries if entry not in taken]
        value = _with_fields(kept, taken, manager)
        patch.append({"op": "replace", "path": "/metadata/managedFields", "value": value})
    if _LAST_APPLIED in (metadata.get("annotations") or {}):
        escaped = _LAST_APPLIED.replace("~", "~0").replace("/", "~1")
        patch.append({"op": "remove", "path": f"/metadata/annotations/{escaped}"})
    return patch


def _is_displaced(entry: Mapping[str, Any], manager: str, displaced: tuple[str, ...]) -> bool:
    if entry.get("subresource"):
        return False
    name = str(entry.get("manager", ""))
    if name == manager:
        return entry.get("operation") == "Update"
    return bool(displaced) and name.startswith(displaced)


def _with_fields(
    kept: list[dict[str, Any]], taken: list[dict[str, Any]], manager: str
) -> list[dict[str, Any]]:
    """``kept`` with the fields of ``taken`` added to our own Apply entry."""
    ours = [
        e
        for e in kept
        if e.get("manager") == manager
        and e.get("operation") == "Apply"
        and not e.get("subresource")
    ]
    fields = FieldSet()
    for entry in [*ours, *taken]:
        fields = fields.union(FieldSet.from_fields(entry.get("fieldsV1") or {}))
    base = ours[0] if ours else taken[0]
    merged = {**base, "manager": manager, "operation": "Apply", "fieldsV1": fields.to_fields()}
    return [*(entry for entry in kept if entry not in ours), merged]
