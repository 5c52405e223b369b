"""What admission fills into a new pod: its service account, priority, and usual tolerations.

The counterparts are kube-apiserver's plugins ServiceAccount, Priority and
DefaultTolerationSeconds. Tokens are not mounted, since nothing runs in these pods.
"""

from __future__ import annotations

from trueup.controlplane.registry.call import Call
from trueup.controlplane.registry.codec import decode
from trueup.controlplane.registry.refusals import forbidden
from trueup.controlplane.store import Store
from trueup.objects import Manifest
from trueup.objects.names import dns_subdomain

_ACCOUNT = "default"
_SECONDS = 300
_TAINTS = ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable")


def complete_pod(call: Call, pod: Manifest, store: Store) -> None:
    """Fill in what is missing; Forbidden where the pod names what does not exist."""
    spec = pod.get("spec")
    if isinstance(spec, dict):
        metadata = pod["metadata"]
        shown = str(metadata.get("name") or metadata.get("generateName") or "")
        _set_account(call, shown, spec, store)
        _set_priority(call, shown, spec, store)
        _tolerate(spec)


def _set_account(call: Call, shown: str, spec: Manifest, store: Store) -> None:
    name = str(spec.get("serviceAccountName") or spec.get("serviceAccount") or _ACCOUNT)
    spec["serviceAccountName"] = spec["serviceAccount"] = name
    # The default account of a new namespace may be a moment away; validation refuses wrong names.
    if name == _ACCOUNT or dns_subdomain(name):
        return
    if store.latest("/serviceaccounts", f"{call.namespace}/{name}") is None:
        cause = (
            f"error looking up service account {call.namespace}/{name}:"
            f' serviceaccount "{name}" not found'
        )
        raise forbidden(call.resource, shown, cause)


def _set_priority(call: Call, shown: str, spec: Manifest, store: Store) -> None:
    priority, policy = 0, "PreemptLowerPriority"
    if spec.get("priorityClassName"):
        name = spec["priorityClassName"]
        entry = store.latest("scheduling.k8s.io/priorityclasses", name)
        if entry is None:
            cause = f"no PriorityClass with name {name} was found"
            raise forbidden(call.resource, shown, cause)
        found = decode(entry)
        priority, policy = found.get("value", 0), found.get("preemptionPolicy", policy)
    spec["priority"] = priority
    spec.setdefault("preemptionPolicy", policy)


def _tolerate(spec: Manifest) -> None:
    """Stay a while on a node that fails, unless the pod says how long itself."""
    tolerations = spec.get("tolerations") or []
    for taint in _TAINTS:
        if not any(_covers(toleration, taint) for toleration in tolerations):
            usual = {"key": taint, "operator": "Exists", "effect": "NoExecute"}
            tolerations = [*tolerations, {**usual, "tolerationSeconds": _SECONDS}]
    spec["tolerations"] = tolerations


def _covers(toleration: Manifest, taint: str) -> bool:
    key, effect = toleration.get("key") or taint, toleration.get("effect") or "NoExecute"
    return key == taint and effect == "NoExecute"
