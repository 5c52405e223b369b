"""Leases."""

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
