"""Who owns which field: managedFields, kept by ``trueup.merge.serverside``."""

from __future__ import annotations

from typing import Any

from trueup.controlplane.registry.call import Call
from trueup.objects import Manifest


def record_update(schema: Any, old: Manifest, new: Manifest, call: Call) -> None:
    """Note in ``new`` that the call's manager changed what differs from ``old``."""


def without_times(obj: Manifest) -> Manifest:
    """``obj`` as compared for a no-op: the times in managedFields do not count."""
    managed = obj["metadata"].get("managedFields")
    if not managed:
        return obj
    timeless = [{k: v for k, v in entry.items() if k != "time"} for entry in managed]
    return {**obj, "metadata": {**obj["metadata"], "managedFields": timeless}}
