"""Fields that an endpoint resets, so that nobody comes to own them through it."""

from __future__ import annotations

from trueup.merge.fieldset import FieldSet
from trueup.objects import GroupKind

_STATUS = FieldSet.of(("f:status",))
_SPEC = FieldSet.of(("f:spec",))
_SPEC_AND_METADATA = FieldSet.of(("f:spec",), ("f:metadata",))
_NOTHING = FieldSet()

# What the storage strategies of Kubernetes' own kinds say about ``status``, where it is not just
# the spec.
_STATUS_RESETS = {
    GroupKind("", "Pod"): FieldSet.of(
        ("f:spec",), ("f:metadata", "f:deletionTimestamp"), ("f:metadata", "f:ownerReferences")
    ),
    GroupKind("apps", "Deployment"): FieldSet.of(("f:spec",), ("f:metadata", "f:labels")),
    GroupKind("storage.k8s.io", "VolumeAttachment"): _SPEC_AND_METADATA,
    GroupKind("storage.k8s.io", "CSINode"): _SPEC_AND_METADATA,
    GroupKind("networking.k8s.io", "ServiceCIDR"): _SPEC_AND_METADATA,
    GroupKind("apiregistration.k8s.io", "APIService"): _SPEC_AND_METADATA,
}
_METADATA_TOO = frozenset(
    {"flowcontrol.apiserver.k8s.io", "resource.k8s.io", "storagemigration.k8s.io"}
)


def reset_fields(
    kind: GroupKind, subresource: str = "", *, has_status: bool, custom: bool = False
) -> FieldSet:
    """The fields that writes to this endpoint of ``kind`` leave alone.

    ``has_status``: the kind has a status subresource. ``custom``: it is a custom resource.
    """
    if not subresource:
        return _STATUS if has_status else _NOTHING
    if subresource != "status":
        return _NOTHING
    if custom or kind.group in _METADATA_TOO:
        return _SPEC_AND_METADATA
    return _STATUS_RESETS.get(kind, _SPEC)
