"""Binding: a pod is given its node, once."""

from __future__ import annotations

from typing import Any

from trueup.controlplane.registry.call import Call
from trueup.controlplane.registry.metadata import now_text
from trueup.controlplane.registry.refusals import bad_request, other_uid
from trueup.errors import ApiError, Conflict
from trueup.objects import Manifest


def bound(call: Call, pod: Manifest, binding: Any) -> Manifest:
    """``pod`` on the node that ``binding`` names; Conflict if it cannot be bound any more."""
    if not isinstance(binding, dict):
        raise bad_request("the object provided is unrecognized (must be of type Binding)")
    node = (binding.get("target") or {}).get("name")
    if not node:  # the apiserver's own code for it, which names no reason
        raise ApiError("target.name: Required value", code=500, reason="")
    given = binding.get("metadata") or {}
    _require_unbound(call, pod, str(given.get("uid") or ""))
    metadata, status = dict(pod["metadata"]), dict(pod.get("status") or {})
    if given.get("annotations"):
        metadata["annotations"] = {**(metadata.get("annotations") or {}), **given["annotations"]}
    status["conditions"] = _scheduled(status.get("conditions") or [])
    return {
        **pod,
        "metadata": metadata,
        "spec": {**pod["spec"], "nodeName": node},
        "status": status,
    }


def _require_unbound(call: Call, pod: Manifest, uid: str) -> None:
    metadata, spec = pod["metadata"], pod["spec"]
    name = metadata["name"]
    if uid and uid != metadata["uid"]:
        raise other_uid(
            call.resource, name, uid, found=metadata["uid"], namespace=metadata["namespace"]
        )
    if metadata.get("deletionTimestamp"):
        raise _refused(name, f"pod {name} is being deleted, cannot be assigned to a host")
    if spec.get("nodeName"):
        raise _refused(name, f'pod {name} is already assigned to node "{spec["nodeName"]}"')
    if spec.get("schedulingGates"):
        raise _refused(name, f"pod {name} has non-empty .spec.schedulingGates")


def _scheduled(conditions: list[Manifest]) -> list[Manifest]:
    """With the condition that there is a node now, in the place of any that there was not."""
    now = {"type": "PodScheduled", "status": "True", "lastProbeTime": None}
    found = {"lastTransitionTime": now_text(), **now}
    others = [each for each in conditions if each["type"] != "PodScheduled"]
    at = next((i for i, each in enumerate(conditions) if each not in others), len(others))
    return [*others[:at], found, *others[at:]]


def _refused(name: str, cause: str) -> Conflict:
    text = f'Operation cannot be fulfilled on pods/binding "{name}": {cause}'
    return Conflict(text, details={"name": name, "kind": "pods/binding"})
