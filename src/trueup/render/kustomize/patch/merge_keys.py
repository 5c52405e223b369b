"""Which lists a strategic merge patch merges by element, and by which keys.

The facts are those of the Kubernetes API that kustomize has built in (1.21): kinds and fields that
came later have no merge keys there, so their lists are replaced.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from trueup.render.kustomize.identity import Gvk


class MergeField(NamedTuple):
    """What is known of one field: ``type`` is that of its value, or of its list's elements."""

    is_merged: bool = False
    keys: tuple[str, ...] = ()
    type: MergeType | None = None


MergeType = Callable[[str], MergeField | None]
"""The field of that name, or None if the type has none that matters to a merge."""

_TYPES = """
Container env[name] ports[containerPort,protocol] volumeDevices[devicePath] volumeMounts[mountPath]
EphemeralContainer env[name] volumeDevices[devicePath] volumeMounts[mountPath]
PodSpec containers[name]:Container initContainers[name]:Container \
ephemeralContainers[name]:EphemeralContainer hostAliases[ip] imagePullSecrets[name] \
topologySpreadConstraints[topologyKey,whenUnsatisfiable] volumes[name]:Volume
Volume ephemeral:Ephemeral
Ephemeral volumeClaimTemplate:Plain
PodTemplateSpec metadata:Metadata spec:PodSpec
Metadata finalizers[] ownerReferences[uid]
Conditions conditions[type]
Plain metadata:Metadata
WithStatus metadata:Metadata status:Conditions
Component metadata:Metadata conditions[type]
WorkloadSpec template:PodTemplateSpec
Workload metadata:Metadata spec:WorkloadSpec status:Conditions
JobTemplate metadata:Metadata spec:WorkloadSpec
CronJobSpec jobTemplate:JobTemplate
CronJob metadata:Metadata spec:CronJobSpec
StatefulSetSpec template:PodTemplateSpec volumeClaimTemplates:WithStatus
StatefulSet metadata:Metadata spec:StatefulSetSpec status:Conditions
PodTemplate metadata:Metadata template:PodTemplateSpec
PodStatus conditions[type] podIPs[ip]
Pod metadata:Metadata spec:PodSpec status:PodStatus
NodeSpec podCIDRs[]
NodeStatus addresses[type] conditions[type]
Node metadata:Metadata spec:NodeSpec status:NodeStatus
ServiceSpec ports[port,protocol]
Service metadata:Metadata spec:ServiceSpec status:Conditions
ServiceAccount metadata:Metadata secrets[name]
CSINodeSpec drivers[name]
CSINode metadata:Metadata spec:CSINodeSpec
Webhooks metadata:Metadata webhooks[name]
"""

_KINDS = """
Workload apps/v1: DaemonSet Deployment ReplicaSet
Workload batch/v1: Job
Workload v1: ReplicationController
CronJob batch/v1: CronJob
CronJob batch/v1beta1: CronJob
StatefulSet apps/v1: StatefulSet
PodTemplate v1: PodTemplate
Pod v1: Pod
Node v1: Node
Service v1: Service
ServiceAccount v1: ServiceAccount
Component v1: ComponentStatus
CSINode storage.k8s.io/v1: CSINode
CSINode storage.k8s.io/v1beta1: CSINode
Webhooks admissionregistration.k8s.io/v1: MutatingWebhookConfiguration ValidatingWebhookConfiguration
Webhooks admissionregistration.k8s.io/v1beta1: MutatingWebhookConfiguration \
ValidatingWebhookConfiguration
WithStatus v1: Namespace PersistentVolumeClaim
WithStatus apiregistration.k8s.io/v1: APIService
WithStatus apiregistration.k8s.io/v1beta1: APIService
WithStatus policy/v1: PodDisruptionBudget
WithStatus policy/v1beta1: PodDisruptionBudget
Plain v1: Binding ConfigMap Endpoints Event LimitRange PersistentVolume ResourceQuota Secret
Plain apiextensions.k8s.io/v1: CustomResourceDefinition
Plain apiextensions.k8s.io/v1beta1: CustomResourceDefinition
Plain apps/v1: ControllerRevision
Plain authentication.k8s.io/v1: TokenRequest TokenReview
Plain authentication.k8s.io/v1beta1: TokenReview
Plain authorization.k8s.io/v1: LocalSubjectAccessReview SelfSubjectAccessReview \
SelfSubjectRulesReview SubjectAccessReview
Plain authorization.k8s.io/v1beta1: LocalSubjectAccessReview SelfSubjectAccessReview \
SelfSubjectRulesReview SubjectAccessReview
Plain autoscaling/v1: HorizontalPodAutoscaler Scale
Plain autoscaling/v2beta1: HorizontalPodAutoscaler
Plain autoscaling/v2beta2: HorizontalPodAutoscaler
Plain certificates.k8s.io/v1: CertificateSigningRequest
Plain certificates.k8s.io/v1beta1: CertificateSigningRequest
Plain coordination.k8s.io/v1: Lease
Plain coordination.k8s.io/v1beta1: Lease
Plain discovery.k8s.io/v1: EndpointSlice
Plain discovery.k8s.io/v1beta1: EndpointSlice
Plain events.k8s.io/v1: Event
Plain events.k8s.io/v1beta1: Event
Plain extensions/v1beta1: Ingress
Plain flowcontrol.apiserver.k8s.io/v1beta1: FlowSchema PriorityLevelConfiguration
Plain networking.k8s.io/v1: Ingress IngressClass NetworkPolicy
Plain networking.k8s.io/v1beta1: Ingress IngressClass
Plain node.k8s.io/v1: RuntimeClass
Plain node.k8s.io/v1beta1: RuntimeClass
Plain policy/v1beta1: Eviction PodSecurityPolicy
Plain rbac.authorization.k8s.io/v1: ClusterRole ClusterRoleBinding Role RoleBinding
Plain rbac.authorization.k8s.io/v1beta1: ClusterRole ClusterRoleBinding Role RoleBinding
Plain scheduling.k8s.io/v1: PriorityClass
Plain scheduling.k8s.io/v1beta1: PriorityClass
Plain storage.k8s.io/v1: CSIDriver StorageClass VolumeAttachment
Plain storage.k8s.io/v1beta1: CSIDriver CSIStorageCapacity StorageClass VolumeAttachment
"""

_FIELDS: dict[str, dict[str, MergeField]] = {}


def _read_types() -> None:
    lines = _TYPES.strip().splitlines()
    for line in lines:
        _FIELDS[line.split(" ", 1)[0]] = {}
    for line in lines:
        name, *fields = line.split()
        for field in fields:
            text, _, type_name = field.partition(":")
            field_name, bracket, keys = text.removesuffix("]").partition("[")
            _FIELDS[name][field_name] = MergeField(
                bool(bracket),
                tuple(filter(None, keys.split(","))),
                _FIELDS[type_name].get if type_name else None,
            )


def _read_kinds() -> dict[Gvk, MergeType]:
    found: dict[Gvk, MergeType] = {}
    for line in _KINDS.strip().splitlines():
        type_name, api_version, *kinds = line.split()
        for kind in kinds:
            found[Gvk.of(api_version.removesuffix(":"), kind)] = _FIELDS[type_name].get
    return found


_read_types()
BUILT_IN: Mapping[Gvk, MergeType] = _read_kinds()


def merge_types_of(definitions: Mapping[str, Any]) -> dict[Gvk, MergeType]:
    """The kinds that OpenAPI (v2) ``definitions`` describe, with what merging needs of them."""
    found: dict[Gvk, MergeType] = {}
    for definition in definitions.values():
        if not isinstance(definition, dict):
            continue
        for gvk in definition.get("x-kubernetes-group-version-kind") or ():
            key = Gvk(*(str(gvk.get(part) or "") for part in ("group", "version", "kind")))
            found[key] = _type_of(definition, definitions)
    return found


def _type_of(definition: Mapping[str, Any], definitions: Mapping[str, Any]) -> MergeType:
    def field(name: str) -> MergeField | None:
        properties = definition.get("properties") or {}
        found = properties.get(name, definition.get("additionalProperties"))
        return _field_of(found, definitions) if isinstance(found, dict) else None

    return field


def _field_of(found: Mapping[str, Any], definitions: Mapping[str, Any]) -> MergeField:
    found = _resolved(found, definitions)
    keys = found.get("x-kubernetes-list-map-keys")
    if keys is None:
        key = found.get("x-kubernetes-patch-merge-key")
        keys = [key] if key else []
    inner = found
    if found.get("type") == "array":
        inner = _resolved(found.get("items") or {}, definitions)
    strategies = str(found.get("x-kubernetes-patch-strategy") or "").split(",")
    return MergeField("merge" in strategies, tuple(keys), _type_of(inner, definitions))


def _resolved(found: Mapping[str, Any], definitions: Mapping[str, Any]) -> Mapping[str, Any]:
    for _ in range(20):
        if "$ref" not in found:
            break
        found = definitions.get(str(found["$ref"]).rpartition("/")[2]) or {}
    return found
