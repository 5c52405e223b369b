"""The order of kinds: what others stand on comes first, and is deleted last.

The table is Flux's (fluxcd/pkg ssa, kind order), keyed by kind; anything else stands between the
known first and the known last ones, by group and kind.
"""

from __future__ import annotations

from trueup.objects import ObjectRef

_FIRST = (
    "CustomResourceDefinition",
    "Namespace",
    "ClusterRole",
    "ClusterClass",
    "RuntimeClass",
    "PriorityClass",
    "StorageClass",
    "VolumeSnapshotClass",
    "IngressClass",
    "GatewayClass",
    "ClusterRoleBinding",
    "ResourceQuota",
    "ServiceAccount",
    "Role",
    "RoleBinding",
    "ConfigMap",
    "Secret",
    "Service",
    "LimitRange",
    "Deployment",
    "StatefulSet",
    "CronJob",
    "PodDisruptionBudget",
)
_LAST = ("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration")

_RANK = {kind: rank for rank, kind in enumerate(_FIRST)}
_RANK |= {kind: len(_FIRST) + 1 + rank for rank, kind in enumerate(_LAST)}

SortKey = tuple[int, str, str, str, str]


def apply_order(ref: ObjectRef) -> SortKey:
    """Sort key for applying; sort in reverse to delete."""
    rank = _RANK.get(ref.kind, len(_FIRST))
    return (rank, ref.group, ref.kind, ref.namespace, ref.name)
