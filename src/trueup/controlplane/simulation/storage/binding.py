"""Which volume a claim gets, as a function of the claim and the volumes that are there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from trueup.controlplane.simulation.outcome import (
    Action,
    Change,
    Create,
    Outcome,
    Tell,
    status_change,
)
from trueup.controlplane.simulation.reading import created, is_deleting, name_of, phase
from trueup.controlplane.simulation.requests import SIMULATED, behaviour, remaining
from trueup.controlplane.simulation.storage.classes import PROVISIONER
from trueup.objects import Manifest
from trueup.schema.quantity import parse

Claim = Mapping[str, Any]
Volume = Mapping[str, Any]

PROVISIONED_BY = "pv.kubernetes.io/provisioned-by"
_FAILED = "trueup.dev/simulated-failure"
_COMPLETED = "pv.kubernetes.io/bind-completed"
_BY_CONTROLLER = "pv.kubernetes.io/bound-by-controller"


def claim_outcome(
    claim: Manifest, volumes: Sequence[Volume], default_class: str, reclaim: str, now: datetime
) -> Outcome:
    """Bind the claim, or leave it pending for as long as its annotations ask.

    ``reclaim``: what a new volume's policy is.
    """
    if is_deleting(claim) or phase(claim) in ("Bound", "Lost"):
        return Outcome(_lost(claim, volumes))
    if behaviour(claim) in ("Pending", "Fail"):
        return Outcome(_refused(claim) if behaviour(claim) == "Fail" else [])
    if left := remaining(claim, created(claim), now):
        return Outcome(again=left)
    spec = claim["spec"]
    if "storageClassName" not in spec and default_class and not spec.get("volumeName"):
        return Outcome([Change(claim, {"spec": {"storageClassName": default_class}})])
    volume = _chosen(claim, volumes)
    if volume is not None:
        return Outcome(_bound(claim, volume))
    if spec.get("volumeName") or not spec.get("storageClassName"):
        return Outcome()  # it waits for a volume that somebody makes
    message = f"Successfully provisioned volume {provisioned_name(claim)}, which is simulated"
    told = Tell(claim, "ProvisioningSucceeded", message)
    return Outcome([Create(_new_volume(claim, reclaim), told)])


def capacity_of(volume: Volume) -> Manifest:
    return dict(volume["spec"].get("capacity") or {})


def _chosen(claim: Claim, volumes: Sequence[Volume]) -> Volume | None:
    """The volume that names the claim, or that the claim names, or the smallest that fits."""
    uid, spec = claim["metadata"]["uid"], claim["spec"]
    for volume in volumes:
        reference = volume["spec"].get("claimRef") or {}
        if reference.get("uid") == uid:
            return volume
        if spec.get("volumeName") == name_of(volume) and _is_free(volume, claim):
            return volume
    if spec.get("volumeName"):
        return None
    fitting = [volume for volume in volumes if _fits(claim, volume)]
    return min(fitting, key=lambda v: (not v["spec"].get("claimRef"), _size(v)), default=None)


def _is_free(volume: Volume, claim: Claim) -> bool:
    """Nobody has it, or it was set aside for a claim of this name."""
    if is_deleting(volume):
        return False
    reference = volume["spec"].get("claimRef")
    if not reference:
        return phase(volume) in ("Available", "Pending")
    metadata = claim["metadata"]
    here = (reference.get("namespace"), reference.get("name"))
    return not reference.get("uid") and here == (metadata["namespace"], metadata["name"])


def _fits(claim: Claim, volume: Volume) -> bool:
    spec, offered = claim["spec"], volume["spec"]
    wanted = ((spec.get("resources") or {}).get("requests") or {}).get("storage", "0")
    return (
        _is_free(volume, claim)
        and (offered.get("storageClassName") or "") == (spec.get("storageClassName") or "")
        and offered.get("volumeMode") == spec.get("volumeMode")
        and set(spec.get("accessModes") or ()) <= set(offered.get("accessModes") or ())
        and _size(volume) >= parse(str(wanted)).value
    )


def _size(volume: Volume) -> Any:
    return parse(str(capacity_of(volume).get("storage", "0"))).value


def _bound(claim: Manifest, volume: Volume) -> list[Action]:
    actions: list[Action] = []
    reference = volume["spec"].get("claimRef") or {}
    if reference.get("uid") != claim["metadata"]["uid"]:
        actions.append(Change(volume, {"spec": {"claimRef": _reference(claim)}}))
    metadata = {"annotations": {_COMPLETED: "yes", _BY_CONTROLLER: "yes", SIMULATED: "true"}}
    if claim["spec"].get("volumeName") != name_of(volume):
        wanted = {"metadata": metadata, "spec": {"volumeName": name_of(volume)}}
        actions.append(Change(claim, wanted))
    status = {
        **(claim.get("status") or {}),
        "phase": "Bound",
        "accessModes": list(volume["spec"].get("accessModes") or ()),
        "capacity": capacity_of(volume),
    }
    return [*actions, *status_change(claim, status)]


def _lost(claim: Manifest, volumes: Sequence[Volume]) -> list[Action]:
    if is_deleting(claim) or phase(claim) != "Bound":
        return []
    if any(name_of(volume) == claim["spec"].get("volumeName") for volume in volumes):
        return []
    message = "Bound claim has lost its PersistentVolume. Any data on the volume is lost!"
    told = Tell(claim, "ClaimLost", message, warning=True)
    return [*status_change(claim, {**claim["status"], "phase": "Lost"}), told]


def _refused(claim: Manifest) -> list[Action]:
    """Said once: the Event's trace in the object is an annotation."""
    if _FAILED in (claim["metadata"].get("annotations") or {}):
        return []
    message = "failed to provision volume: an annotation asks the simulation to fail"
    told = Tell(claim, "ProvisioningFailed", message, warning=True)
    return [Change(claim, {"metadata": {"annotations": {_FAILED: "true"}}}, then=told)]


def provisioned_name(claim: Claim) -> str:
    """What the volume is called that is made for a claim."""
    return f"pvc-{claim['metadata']['uid']}"


def _new_volume(claim: Claim, reclaim: str) -> Manifest:
    spec, name = claim["spec"], provisioned_name(claim)
    wanted = ((spec.get("resources") or {}).get("requests") or {}).get("storage", "1Gi")
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {
            "name": name,
            "annotations": {PROVISIONED_BY: PROVISIONER, SIMULATED: "true"},
        },
        "spec": {
            "capacity": {"storage": wanted},
            "accessModes": list(spec.get("accessModes") or ["ReadWriteOnce"]),
            "volumeMode": spec.get("volumeMode", "Filesystem"),
            "persistentVolumeReclaimPolicy": reclaim,
            "storageClassName": spec["storageClassName"],
            "claimRef": _reference(claim),
            "csi": {"driver": PROVISIONER, "volumeHandle": name},
        },
    }


def _reference(claim: Claim) -> Manifest:
    metadata = claim["metadata"]
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "namespace": metadata["namespace"],
        "name": metadata["name"],
        "uid": metadata["uid"],
    }
