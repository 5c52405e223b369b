"""Binding: a pod is given its node, once."""

from __future__ import annotations

from typing import Any

from trueup.controlplane.registry.refusals import bad_request
from trueup.errors import Conflict
from trueup.objects import Manifest


def bound(pod: Manifest, binding: Any) -> Manifest:
    """``pod`` on the node that ``binding`` names; Conflict if it cannot be bound any more."""
    if not isinstance(binding, dict):
        raise bad_request("the object provided is unrecognized (must be of type Binding)")
    node = (binding.get("target") or {}).get("name")
    if not node:
        raise bad_request("target.name: Required value")
    metadata, spec = pod["metadata"], pod["spec"]
    name = metadata["name"]
    uid = (binding.get("metadata") or {}).get("uid")
    if uid and uid != metadata["uid"]:
        raise _refused(name, f"Precondition failed: UID in precondition: {uid}")
    if metadata.get("deletionTimestamp"):
        raise _refused(name, f"pod {name} is being deleted, cannot be assigned to a host")
    if spec.get("nodeName"):
        raise _refused(name, f'pod {name} is already assigned to node "{spec["nodeName"]}"')
    if spec.get("schedulingGates"):
        raise _refused(name, f"pod {name} has non-empty .spec.schedulingGates")
    return {**pod, "spec": {**spec, "nodeName": node}}


def _refused(name: str, cause: str) -> Conflict:
    text = f'Operation cannot be fulfilled on pods/binding "{name}": {cause}'
    return Conflict(text, details={"name": name, "kind": "pods/binding"})
