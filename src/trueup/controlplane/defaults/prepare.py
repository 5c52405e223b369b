"""What happens once when an object of a built-in kind is created or updated.

The counterpart of the ``PrepareForCreate`` and ``PrepareForUpdate`` of kube-apiserver's
registries, as far as it depends on the kind's own fields: values that the server generates, takes
over from the live object, or allocates. Resetting status is the registry's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from trueup.controlplane.defaults.apply import apply_defaults, restore_field
from trueup.controlplane.defaults.functions import TEMPLATE_GENERATION
from trueup.controlplane.defaults.quality import quality_of_service
from trueup.controlplane.defaults.service_changes import adapt
from trueup.controlplane.defaults.services import (
    ServiceAllocator,
    allocate,
)
from trueup.objects import Manifest

_JOB_NAME_LABELS = ("job-name", "batch.kubernetes.io/job-name")
_JOB_UID_LABELS = ("controller-uid", "batch.kubernetes.io/controller-uid")


def prepare_create(obj: Manifest, allocator: ServiceAllocator | None) -> None:
    """Complete a new object in place; it has its uid, and ``apply_defaults`` was called on it.

    ``allocator`` None: nothing is allocated, not even to a Service.
    Raises Invalid when a Service asks for an address or port that it cannot have.
    """
    if allocator is not None and _is(obj, "v1", "Service"):
        allocate(obj, allocator)
    prepare = _ON_CREATE.get((obj["apiVersion"], obj["kind"]))
    if prepare is not None:
        prepare(obj)
    _complete_again(obj, changed=prepare is not None)


def prepare_update(new: Manifest, old: Manifest, allocator: ServiceAllocator | None) -> None:
    """Complete ``new`` in place from the live object ``old``; both have their defaults.

    ``allocator`` None: nothing is allocated, and a Service stays as it is.
    """
    if allocator is not None and _is(new, "v1", "Service"):
        adapt(new, old)
        allocate(new, allocator, old)
    prepare = _ON_UPDATE.get((new["apiVersion"], new["kind"]))
    if prepare is not None:
        prepare(new, old)
    _complete_again(new, changed=prepare is not None)


def _complete_again(obj: Manifest, *, changed: bool) -> None:
    """Bring into form what was changed since; mostly that is nothing but a status taken away.

    The label of a namespace is its name, which may have been generated since.
    """
    if changed or _is(obj, "v1", "Service") or _is(obj, "v1", "Namespace"):
        apply_defaults(obj)
    else:
        restore_field(obj, "status")


def _is(obj: Manifest, api_version: str, kind: str) -> bool:
    return bool(obj["kind"] == kind and obj["apiVersion"] == api_version)


def _job(job: Manifest) -> None:
    """A selector that no other job has, and the labels that make the template match it."""
    spec = job["spec"]
    if spec.get("manualSelector"):
        return
    name, uid = job["metadata"].get("name", ""), job["metadata"]["uid"]
    metadata = spec["template"].setdefault("metadata", {})
    labels = metadata.setdefault("labels", {})
    for key in _JOB_NAME_LABELS:
        labels.setdefault(key, name)
    for key in _JOB_UID_LABELS:
        labels.setdefault(key, uid)
    selector = spec["selector"] = spec.get("selector") or {}
    selector.setdefault("matchLabels", {}).setdefault(_JOB_UID_LABELS[1], uid)


def _claim(claim: Manifest, _: Manifest | None = None) -> None:
    """A source that both of its fields can hold is in both."""
    spec = claim["spec"]
    source, reference = spec.get("dataSource"), spec.get("dataSourceRef")
    if source and not reference:
        spec["dataSourceRef"] = dict(source)
    elif reference and not source and _is_classic_source(reference):
        spec["dataSource"] = dict(reference)


def _is_classic_source(reference: Manifest) -> bool:
    group, kind = reference.get("apiGroup") or "", reference.get("kind")
    return (group, kind) in {
        ("", "PersistentVolumeClaim"),
        ("snapshot.storage.k8s.io", "VolumeSnapshot"),
    } and not reference.get("namespace")


def _pod(pod: Manifest) -> None:
    status: Manifest = {"phase": "Pending", "qosClass": quality_of_service(pod)}
    if pod["spec"].get("schedulingGates"):
        status["conditions"] = [
            {
                "type": "PodScheduled",
                "status": "False",
                "reason": "SchedulingGated",
                "message": "Scheduling is blocked due to non-empty scheduling gates",
                "lastTransitionTime": pod["metadata"].get("creationTimestamp"),
            }
        ]
    pod["status"] = status


def _daemon_set(daemon_set: Manifest) -> None:
    daemon_set["metadata"].setdefault("annotations", {})[TEMPLATE_GENERATION] = "1"


def _daemon_set_updated(new: Manifest, old: Manifest) -> None:
    """The generation of the template alone goes up with each change of it."""
    before = (old["metadata"].get("annotations") or {}).get(TEMPLATE_GENERATION, "0")
    changed = new["spec"].get("template") != old["spec"].get("template")
    after = str(int(before) + 1) if changed and before.isdecimal() else before
    new["metadata"].setdefault("annotations", {})[TEMPLATE_GENERATION] = after


def _pod_updated(new: Manifest, old: Manifest) -> None:
    quality = (old.get("status") or {}).get("qosClass") or quality_of_service(new)
    new.setdefault("status", {})["qosClass"] = quality


_ON_CREATE: Mapping[tuple[str, str], Callable[[Manifest], None]] = {
    ("batch/v1", "Job"): _job,
    ("v1", "PersistentVolumeClaim"): _claim,
    ("v1", "Pod"): _pod,
    ("apps/v1", "DaemonSet"): _daemon_set,
}
_ON_UPDATE: Mapping[tuple[str, str], Callable[[Manifest, Manifest], None]] = {
    ("v1", "Pod"): _pod_updated,
    ("apps/v1", "DaemonSet"): _daemon_set_updated,
}
