"""Rows of volumes, claims and the classes they come from."""

from __future__ import annotations

from trueup.controlplane.tables.column import (
    AGE,
    NAME,
    Column,
    at,
    count,
    field,
    flag,
    number,
    shown,
    text,
)
from trueup.objects import Manifest

_MODES = {
    "ReadWriteOnce": "RWO",
    "ReadOnlyMany": "ROX",
    "ReadWriteMany": "RWX",
    "ReadWriteOncePod": "RWOP",
}
_OLD_CLASS = "volume.beta.kubernetes.io/storage-class"


def _modes(obj: Manifest, path: str) -> str:
    modes = at(obj, path, ())
    return ",".join(short for mode, short in _MODES.items() if mode in modes)


def _phase(obj: Manifest) -> str:
    deleted = at(obj, "metadata.deletionTimestamp")
    return "Terminating" if deleted else str(at(obj, "status.phase", ""))


def _class(obj: Manifest) -> str:
    annotations = at(obj, "metadata.annotations", {})
    return str(annotations.get(_OLD_CLASS, at(obj, "spec.storageClassName", "")))


def _claim(volume: Manifest) -> str:
    ref = at(volume, "spec.claimRef")
    return f"{ref.get('namespace', '')}/{ref.get('name', '')}" if ref is not None else ""


def _claim_capacity(claim: Manifest) -> str:
    bound = at(claim, "spec.volumeName")
    return str(at(claim, "status.capacity", {}).get("storage", "0")) if bound else ""


def _claim_modes(claim: Manifest) -> str:
    return _modes(claim, "status.accessModes") if at(claim, "spec.volumeName") else ""


def _audiences(driver: Manifest) -> str:
    requests = at(driver, "spec.tokenRequests")
    if requests is None:
        return "<unset>"
    return ",".join(request.get("audience", "") for request in requests)


_STORAGE_CLASS = text("StorageClass", shown(_class), "The class it comes from.")
_ATTRIBUTES = text(
    "VolumeAttributesClass",
    field("spec.volumeAttributesClassName", "<unset>"),
    "The class of its further attributes.",
)
_MODE = text(
    "VolumeMode", field("spec.volumeMode", "<unset>"), "A file system or a device.", wide=True
)

STORAGE: dict[tuple[str, str], tuple[Column, ...]] = {
    ("", "PersistentVolume"): (
        NAME,
        text("Capacity", shown(lambda o: at(o, "spec.capacity", {}).get("storage", "0")), "Size."),
        text("Access Modes", shown(lambda o: _modes(o, "spec.accessModes")), "How it is mounted."),
        text("Reclaim Policy", "spec.persistentVolumeReclaimPolicy", "What follows its release."),
        text("Status", shown(_phase), "The state of the volume in a word."),
        text("Claim", shown(_claim), "The claim that has it."),
        _STORAGE_CLASS,
        _ATTRIBUTES,
        text("Reason", "status.reason", "Why it is in that state."),
        AGE,
        _MODE,
    ),
    ("", "PersistentVolumeClaim"): (
        NAME,
        text("Status", shown(_phase), "The state of the claim in a word."),
        text("Volume", "spec.volumeName", "The volume that it has."),
        text("Capacity", shown(_claim_capacity), "Size of that volume."),
        text("Access Modes", shown(_claim_modes), "How it is mounted."),
        _STORAGE_CLASS,
        _ATTRIBUTES,
        AGE,
        _MODE,
    ),
    ("storage.k8s.io", "StorageClass"): (
        NAME,
        text("Provisioner", "provisioner", "What makes the volumes."),
        text("ReclaimPolicy", field("reclaimPolicy", "Delete"), "What follows their release."),
        text("VolumeBindingMode", field("volumeBindingMode", "Immediate"), "When they are made."),
        text("AllowVolumeExpansion", field("allowVolumeExpansion", False), "Whether they grow."),
        AGE,
    ),
    ("storage.k8s.io", "VolumeAttributesClass"): (
        NAME,
        text("DriverName", "driverName", "The driver that understands them."),
        AGE,
    ),
    ("storage.k8s.io", "VolumeAttachment"): (
        NAME,
        Column("Attacher", field("spec.attacher"), "The driver that attaches.", format="name"),
        text("PV", "spec.source.persistentVolumeName", "The volume."),
        text("Node", "spec.nodeName", "The node it is attached to."),
        flag("Attached", "status.attached", "Whether that is done."),
        AGE,
    ),
    ("storage.k8s.io", "CSINode"): (
        NAME,
        number("Drivers", count("spec.drivers"), "Drivers on the node."),
        AGE,
    ),
    ("storage.k8s.io", "CSIDriver"): (
        NAME,
        flag(
            "AttachRequired", "spec.attachRequired", "Whether volumes are attached.", default=True
        ),
        flag("PodInfoOnMount", "spec.podInfoOnMount", "Whether it is told of the pod."),
        flag("StorageCapacity", "spec.storageCapacity", "Whether it reports its capacity."),
        text("TokenRequests", shown(_audiences), "Audiences of the tokens it wants."),
        flag("RequiresRepublish", "spec.requiresRepublish", "Whether it is called again."),
        text(
            "Modes",
            shown(lambda o: ",".join(at(o, "spec.volumeLifecycleModes", ())) or "<none>"),
            "Kinds of volumes.",
        ),
        AGE,
    ),
    ("storage.k8s.io", "CSIStorageCapacity"): (
        NAME,
        text("StorageClassName", "storageClassName", "The class."),
        text("Capacity", field("capacity", "<unset>"), "What is left of it."),
    ),
}
