"""Who of several replicas leads, decided from a Lease: no I/O, and no clock of its own.

The rules are those of https://kubernetes.io/docs/concepts/architecture/leases/. Two times keep two
replicas from leading at once. A leader counts from when it *sent* the last write that was answered,
and stops after ``deadline``. A candidate counts from when it *first saw* the Lease as it is, which
is later, and waits for ``duration``, which is longer. No clock is compared with that of another
machine.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from trueup.objects import Manifest

SHARDS_ANNOTATION = "trueup.dev/shards"
"""Of a Lease: how many shards there are for whoever holds it."""


@dataclass(frozen=True, slots=True)
class Terms:
    """Times in seconds.

    After a kill somebody else leads within ``duration`` and ``retry`` together. He is to be at
    work within 15, which is why they are shorter than client-go's 15, 10 and 2.
    """

    duration: float = 10
    """How long a leader is believed to lead after its last sign of life."""
    deadline: float = 7
    """How long a leader goes on without having renewed."""
    retry: float = 2
    """Between two renewals, or two looks of a candidate."""


class Act(StrEnum):
    """What a replica does next."""

    ACQUIRE = "acquire"
    RENEW = "renew"
    WAIT = "wait"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Decision:
    """``seconds``: how long to wait at most before the next look."""

    act: Act
    seconds: float = 0


@dataclass(frozen=True, slots=True)
class Sighting:
    """The Lease as it was read last; ``since``: when it was first seen to say this."""

    spec: Mapping[str, Any]
    version: str
    """Its resourceVersion; empty if it is gone."""
    since: float
    shards: int = 1
    """How many shards its holder was started with."""

    @property
    def holder(self) -> str:
        return str(self.spec.get("holderIdentity") or "")

    def seconds_left(self, now: float, terms: Terms) -> float:
        """How long its holder is still believed to live; 0 if there is none."""
        duration = float(self.spec.get("leaseDurationSeconds") or terms.duration)
        return max(0.0, self.since + duration - now) if self.holder else 0.0


@dataclass(frozen=True, slots=True)
class Standing:
    """What one replica knows; ``confirmed``: when it sent what last confirmed that it leads."""

    seen: Sighting | None = None
    confirmed: float | None = None

    def saw(self, lease: Manifest | None, now: float) -> Standing:
        """After a look at the Lease that ended at ``now``."""
        return replace(self, seen=_sighting(self.seen, lease, now))

    def confirm(self, lease: Manifest, *, sent: float, now: float) -> Standing:
        """After the answer to a write of ours."""
        return Standing(_sighting(self.seen, lease, now), confirmed=sent)

    def step_down(self) -> Standing:
        return replace(self, confirmed=None)

    def seconds_left(self, now: float, terms: Terms) -> float:
        """How long this replica leads if nothing is heard; 0 if it does not lead."""
        if self.confirmed is None:
            return 0
        return max(0.0, self.confirmed + terms.deadline - now)


def _sighting(before: Sighting | None, lease: Manifest | None, now: float) -> Sighting | None:
    if lease is None:
        # Whoever held it may not know yet that it is gone.
        return None if before is None else replace(before, version="")
    spec, metadata = lease.get("spec") or {}, lease["metadata"]
    shards = (metadata.get("annotations") or {}).get(SHARDS_ANNOTATION, "")
    return Sighting(
        spec,
        metadata["resourceVersion"],
        before.since if before is not None and before.spec == spec else now,
        int(shards) if shards.isdecimal() else 1,
    )


def decide(standing: Standing, me: str, now: float, terms: Terms) -> Decision:
    """What the replica ``me`` does at ``now``, by its own steady clock."""
    seen = standing.seen
    holder = "" if seen is None else seen.holder
    in_time = standing.seconds_left(now, terms) > 0
    if standing.confirmed is not None and not (in_time and holder == me):
        return Decision(Act.LOST)
    if holder == me:
        return Decision(Act.RENEW)
    left = 0.0 if seen is None else seen.seconds_left(now, terms)
    return Decision(Act.WAIT, min(left, terms.retry)) if left > 0 else Decision(Act.ACQUIRE)


def held(seen: Sighting | None, me: str, moment: str, terms: Terms) -> Manifest:
    """The spec of the Lease with ``me`` as its holder at ``moment``, a ``metav1.MicroTime``."""
    before = {} if seen is None else dict(seen.spec)
    spec = {
        **before,
        "holderIdentity": me,
        "leaseDurationSeconds": round(terms.duration),
        "renewTime": moment,
    }
    if seen is None or seen.holder != me:
        spec["acquireTime"] = moment
        spec["leaseTransitions"] = 0 if seen is None else before.get("leaseTransitions", 0) + 1
    return spec


def released(seen: Sighting, moment: str) -> Manifest:
    """The spec of the Lease without a holder: the next candidate need not wait."""
    rest = {key: value for key, value in seen.spec.items() if key != "holderIdentity"}
    return {**rest, "leaseDurationSeconds": 1, "renewTime": moment}
