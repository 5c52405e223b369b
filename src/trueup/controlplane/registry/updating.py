"""What an update of each kind may leave out: the version that it replaces, even the object.

The counterparts are ``AllowUnconditionalUpdate`` and ``AllowCreateOnUpdate`` of the apiserver's
strategies.
"""

from __future__ import annotations

from trueup.controlplane.resources import Resource


def may_replace_blindly(resource: Resource) -> bool:
    """Whether an update may leave out which version of the object it replaces."""
    return resource.custom is None and resource.bucket not in _VERSIONED


def may_create_by_update(resource: Resource) -> bool:
    """Whether an update of what does not exist creates it."""
    return resource.bucket in _CREATED_BY_UPDATE


_VERSIONED = frozenset(
    {
        "admissionregistration.k8s.io/mutatingadmissionpolicies",
        "admissionregistration.k8s.io/mutatingadmissionpolicybindings",
        "admissionregistration.k8s.io/mutatingwebhookconfigurations",
        "admissionregistration.k8s.io/validatingadmissionpolicies",
        "admissionregistration.k8s.io/validatingadmissionpolicybindings",
        "admissionregistration.k8s.io/validatingwebhookconfigurations",
        "apiextensions.k8s.io/customresourcedefinitions",
        "apiregistration.k8s.io/apiservices",
        "certificates.k8s.io/clustertrustbundles",
        "certificates.k8s.io/podcertificaterequests",
        "coordination.k8s.io/leasecandidates",
        "coordination.k8s.io/leases",
        "internal.apiserver.k8s.io/storageversions",
        "node.k8s.io/runtimeclasses",
        "policy/poddisruptionbudgets",
        "resource.k8s.io/resourcepoolstatusrequests",
        "scheduling.k8s.io/compositepodgroups",
        "scheduling.k8s.io/podgroups",
        "scheduling.k8s.io/workloads",
        "storage.k8s.io/csidrivers",
        "storage.k8s.io/csinodes",
        "storage.k8s.io/csistoragecapacities",
        "storage.k8s.io/volumeattachments",
        "storagemigration.k8s.io/storageversionmigrations",
    }
)
_CREATED_BY_UPDATE = frozenset(
    {
        "/endpoints",
        "/events",
        "/limitranges",
        "/services",
        "coordination.k8s.io/leasecandidates",
        "coordination.k8s.io/leases",
        "node.k8s.io/runtimeclasses",
        "rbac.authorization.k8s.io/clusterrolebindings",
        "rbac.authorization.k8s.io/clusterroles",
        "rbac.authorization.k8s.io/rolebindings",
        "rbac.authorization.k8s.io/roles",
    }
)
