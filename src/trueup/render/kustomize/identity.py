"""Who a resource is, in kustomize's terms: group, version, kind, name, namespace."""

from __future__ import annotations

from typing import NamedTuple

NOT_A_NAMESPACE = "_non_namespaceable_"

_CLUSTER_SCOPED = {
    "": "v1: ComponentStatus Namespace Node NodeProxyOptions PersistentVolume",
    "admissionregistration.k8s.io": (
        "v1 v1beta1: MutatingWebhookConfiguration ValidatingWebhookConfiguration"
    ),
    "apiextensions.k8s.io": "v1 v1beta1: CustomResourceDefinition",
    "apiregistration.k8s.io": "v1 v1beta1: APIService",
    "certificates.k8s.io": "v1 v1beta1: CertificateSigningRequest",
    "flowcontrol.apiserver.k8s.io": "v1beta1: FlowSchema PriorityLevelConfiguration",
    "networking.k8s.io": "v1 v1beta1: IngressClass",
    "node.k8s.io": "v1 v1beta1: RuntimeClass",
    "policy": "v1beta1: PodSecurityPolicy",
    "rbac.authorization.k8s.io": "v1 v1beta1: ClusterRole ClusterRoleBinding",
    "scheduling.k8s.io": "v1 v1beta1: PriorityClass",
    "storage.k8s.io": "v1 v1beta1: CSIDriver StorageClass VolumeAttachment",
}
"""The kinds that kustomize knows to live outside namespaces, by group: ``versions: kinds``."""


class Gvk(NamedTuple):
    """Group, version and kind; an empty one matches any where it selects."""

    group: str = ""
    version: str = ""
    kind: str = ""

    @classmethod
    def of(cls, api_version: str, kind: str) -> Gvk:
        group, slash, version = api_version.partition("/")
        return cls(group, version, kind) if slash else cls("", api_version, kind)

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def is_cluster_scoped(self) -> bool:
        return self in CLUSTER_SCOPED

    def is_selected_by(self, selector: Gvk) -> bool:
        return (
            selector.kind in ("", self.kind)
            and selector.group in ("", self.group)
            and selector.version in ("", self.version)
        )

    def __str__(self) -> str:
        return ".".join(
            (self.kind or "[noKind]", self.version or "[noVer]", self.group or "[noGrp]")
        )


def _cluster_scoped() -> frozenset[Gvk]:
    found = {Gvk("storage.k8s.io", "v1", "CSINode"), Gvk("storage.k8s.io", "v1beta1", "CSINode")}
    for group, text in _CLUSTER_SCOPED.items():
        versions, _, kinds = text.partition(": ")
        found.update(Gvk(group, v, k) for v in versions.split() for k in kinds.split())
    return frozenset(found)


CLUSTER_SCOPED = _cluster_scoped()


Key = tuple[Gvk, str, str]
"""Kind, name and namespace, as far as it has one: what makes two resources the same object."""


class ResId(NamedTuple):
    """The identity of a resource at one moment of the build."""

    gvk: Gvk
    name: str
    namespace: str
    is_cluster_scoped: bool = False

    @property
    def effective_namespace(self) -> str:
        if self.is_cluster_scoped:
            return NOT_A_NAMESPACE
        return self.namespace or "default"

    @property
    def key(self) -> Key:
        """Equal for two ids exactly if they name the same object."""
        return self.gvk, self.name, self.effective_namespace

    def __str__(self) -> str:
        return f"{self.gvk}/{self.name or '[noName]'}.{self.namespace or '[noNs]'}"
