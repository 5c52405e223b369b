"""Small questions about workloads and pods, answered from their manifests."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from trueup.objects import Manifest
from trueup.report.conditions import find

Obj = Mapping[str, Any]


def name_of(obj: Obj) -> str:
    return str(obj["metadata"]["name"])


def replicas_of(obj: Obj) -> int:
    """What the spec asks for."""
    wanted = obj["spec"].get("replicas")
    return 1 if wanted is None else int(wanted)


def counted(obj: Obj, field: str) -> int:
    """A number of the status, 0 where it is absent."""
    return int((obj.get("status") or {}).get(field) or 0)


def total(objects: Iterable[Obj], field: str) -> int:
    return sum(counted(obj, field) for obj in objects)


def is_deleting(obj: Obj) -> bool:
    return bool(obj["metadata"].get("deletionTimestamp"))


def moment(text: str) -> datetime:
    """A time of the API."""
    return datetime.fromisoformat(text)


def created(obj: Obj) -> datetime:
    return moment(obj["metadata"]["creationTimestamp"])


def phase(pod: Obj) -> str:
    return str((pod.get("status") or {}).get("phase") or "Pending")


def is_finished(pod: Obj) -> bool:
    return phase(pod) in ("Succeeded", "Failed")


def is_active(pod: Obj) -> bool:
    return not is_finished(pod) and not is_deleting(pod)


def condition(obj: Obj, type_: str) -> Mapping[str, Any] | None:
    return find((obj.get("status") or {}).get("conditions") or (), type_)


def holds(obj: Obj, type_: str) -> bool:
    """Whether the condition is True."""
    return (condition(obj, type_) or {}).get("status") == "True"


def is_ready(pod: Obj) -> bool:
    return holds(pod, "Ready")


def until_available(pod: Obj, min_ready_seconds: int, now: datetime) -> float | None:
    """Seconds until a pod has been ready for long enough: 0 when it has, None if not ready."""
    ready = condition(pod, "Ready")
    if ready is None or ready.get("status") != "True":
        return None
    if not min_ready_seconds:
        return 0.0
    since = moment(ready["lastTransitionTime"])
    return max(0.0, min_ready_seconds - (now - since).total_seconds())


def required_node(pod: Obj) -> str:
    """The one node that the pod's affinity allows by name; empty where it names none."""
    affinity = (pod["spec"].get("affinity") or {}).get("nodeAffinity") or {}
    required = affinity.get("requiredDuringSchedulingIgnoredDuringExecution") or {}
    for term in required.get("nodeSelectorTerms") or ():
        for field in term.get("matchFields") or ():
            if field["key"] == "metadata.name":
                return str(field["values"][0])
    return ""


def scaled(value: int | str, whole: int, *, up: bool) -> int:
    """An int-or-percent of ``whole``, rounded up or down."""
    if isinstance(value, int):
        return value
    share = float(value.removesuffix("%")) * whole / 100
    return math.ceil(share) if up else math.floor(share)


def without_zeros(status: Manifest) -> Manifest:
    """As the API writes a status: numbers that are 0 are left out."""
    return {key: value for key, value in status.items() if value != 0 or value is False}


def owner_reference(owner: Obj) -> Manifest:
    """The reference by which ``owner`` controls what it makes."""
    return {
        "apiVersion": owner["apiVersion"],
        "kind": owner["kind"],
        "name": name_of(owner),
        "uid": owner["metadata"]["uid"],
        "controller": True,
        "blockOwnerDeletion": True,
    }
