"""Scaling a workload down to nothing for a while, with a note on it of how it was before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from trueup.objects import Manifest, manifest

BEFORE = "trueup.dev/scaled-down-from"
"""Annotation of a workload that a migration stopped: JSON of what it changed, as it was."""


def stopped(workload: Mapping[str, Any], left_alone: Mapping[str, str]) -> Manifest:
    """A merge patch that stops ``workload``, with annotations for nobody to start it again."""
    found = manifest.annotations(workload)
    before = {
        "replicas": _replicas(workload),
        "annotations": {key: found.get(key) for key in left_alone},
    }
    note = found.get(BEFORE) or orjson.dumps(before).decode()
    return {"metadata": {"annotations": {**left_alone, BEFORE: note}}, "spec": {"replicas": 0}}


def restarted(workload: Mapping[str, Any]) -> Manifest:
    """A merge patch that makes ``workload`` what it was; empty if no migration stopped it."""
    note = manifest.annotations(workload).get(BEFORE)
    if not note:
        return {}
    before = orjson.loads(note)
    annotations = {**before["annotations"], BEFORE: None}
    return {"metadata": {"annotations": annotations}, "spec": {"replicas": before["replicas"]}}


def _replicas(workload: Mapping[str, Any]) -> int:
    wanted = (workload.get("spec") or {}).get("replicas")
    return 1 if wanted is None else int(wanted)
