"""Leases and events."""

from __future__ import annotations

from collections.abc import Iterator

from trueup.controlplane.validation.builtin.paths import not_negative
from trueup.controlplane.validation.causes import Cause, invalid
from trueup.objects import Manifest


def lease(obj: Manifest) -> Iterator[Cause]:
    seconds = obj["spec"].get("leaseDurationSeconds")
    if seconds is not None and seconds <= 0:
        yield invalid("spec.leaseDurationSeconds", seconds, "must be greater than 0")
    yield from not_negative(obj, ("spec.leaseTransitions",))


def event(obj: Manifest) -> Iterator[Cause]:
    """An event lies in the namespace of what it is about; in default, if that has none."""
    involved = (obj.get("involvedObject") or obj.get("regarding") or {}).get("namespace") or ""
    namespace = obj["metadata"].get("namespace") or ""
    if (involved and involved != namespace) or (not involved and namespace not in {"", "default"}):
        yield invalid("involvedObject.namespace", involved, "does not match event.namespace")
