"""Controllers of other systems that keep true what Trueup would: who they are, whether they live.

A rival lives while its workload wants or has Pods, or while it renews its Lease. Field managers
tell nothing here: Trueup writes under the names that a rival's users know.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from trueup.objects import ObjectRef, manifest

PART_OF = "app.kubernetes.io/part-of"
COMPONENT = "app.kubernetes.io/component"

_LEASE_SECONDS = 60
"""How long a Lease is believed that does not say for how long it is held."""


@dataclass(frozen=True, slots=True)
class Rival:
    """A program of ``system``, known by two labels of its workload, and by its Lease if it has one."""

    system: str
    component: str
    part_of: str
    lease: str = ""
    sharded: bool = False
    """Whether there are more Leases, whose names go on after a dash."""
    exclusive: bool = True
    """Whether it works on the very resources that Trueup does, so that only one of both can."""

    @property
    def name(self) -> str:
        return f"{self.system}'s {self.component}"

    def leads_by(self, name: str) -> bool:
        """Whether the Lease ``name`` is one of this rival's."""
        if not self.lease:
            return False
        return name == self.lease or (self.sharded and name.startswith(f"{self.lease}-"))

    def owns(self, workload: Mapping[str, Any]) -> bool:
        labels = manifest.labels(workload)
        return labels.get(PART_OF) == self.part_of and labels.get(COMPONENT) == self.component


@dataclass(frozen=True, slots=True)
class Workload:
    """The Deployment or StatefulSet that runs a rival."""

    ref: ObjectRef
    uid: str
    rival: Rival
    wanted: int
    running: int = 0

    @property
    def lives(self) -> bool:
        return self.wanted > 0 or self.running > 0


@dataclass(frozen=True, slots=True)
class Hold:
    """A Lease as it was read: who holds it, and the sign of life that was given last."""

    ref: ObjectRef
    uid: str
    rival: Rival
    holder: str
    renewed: str
    seconds: float

    def age(self, now: datetime) -> float:
        """Seconds since it was renewed, by the clock of whoever did."""
        try:
            return max(0.0, (now - datetime.fromisoformat(self.renewed)).total_seconds())
        except (ValueError, TypeError):
            return self.seconds


def workload_of(obj: Mapping[str, Any], rivals: Iterable[Rival]) -> Workload | None:
    """``obj`` as the workload of one of ``rivals``; None if it is somebody else's."""
    rival = next((rival for rival in rivals if rival.owns(obj)), None)
    if rival is None:
        return None
    wanted = (obj.get("spec") or {}).get("replicas")
    running = (obj.get("status") or {}).get("replicas") or 0
    uid = obj["metadata"].get("uid", "")
    return Workload(ObjectRef.of(obj), uid, rival, 1 if wanted is None else wanted, running)


def hold_of(lease: Mapping[str, Any], rivals: Iterable[Rival]) -> Hold | None:
    """``lease`` as one of ``rivals`` holds it; None if none does."""
    name, spec = lease["metadata"]["name"], lease.get("spec") or {}
    rival = next((rival for rival in rivals if rival.leads_by(name)), None)
    holder = spec.get("holderIdentity") or ""
    if rival is None or not holder:
        return None
    seconds = float(spec.get("leaseDurationSeconds") or _LEASE_SECONDS)
    renewed = str(spec.get("renewTime") or "")
    uid = lease["metadata"].get("uid", "")
    return Hold(ObjectRef.of(lease), uid, rival, holder, renewed, seconds)
