"""Fields that an imperative client set on a delivered object, which Git alone is to decide about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trueup.flow import Conventions
from trueup.objects import manifest

LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"

Entry = dict[str, Any]
"""Of ``managedFields``."""


def displaced_entries(live: Mapping[str, Any], conventions: Conventions) -> list[Entry]:
    """The entries whose fields are to be taken over: of displaced managers, and our own updates."""
    entries = manifest.metadata(live).get("managedFields") or ()
    return [entry for entry in entries if _is_displaced(entry, conventions)]


def is_displaced(live: Mapping[str, Any], conventions: Conventions) -> bool:
    """Whether ``live`` has such fields, or the note of a client-side apply, and may lose them."""
    if not conventions.controls(live).take_over:
        return False
    return LAST_APPLIED in manifest.annotations(live) or bool(displaced_entries(live, conventions))


def _is_displaced(entry: Mapping[str, Any], conventions: Conventions) -> bool:
    if entry.get("subresource"):
        return False
    name = str(entry.get("manager", ""))
    if name == conventions.manager:
        return entry.get("operation") == "Update"
    return bool(conventions.displaced) and name.startswith(conventions.displaced)
