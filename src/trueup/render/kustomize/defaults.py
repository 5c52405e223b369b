"""The fields that the built-in transformers know of, as tables.

They say the same as kustomize's built-in configuration
(https://github.com/kubernetes-sigs/kustomize/tree/master/api/internal/konfig/builtinpluginconsts).
A line is ``group/version/Kind path``, with a ``+`` where a missing field is created; any part of
the kind may be ``*``.
"""

from __future__ import annotations

from collections.abc import Iterator

from trueup.render.kustomize.fieldspecs import FieldSpec
from trueup.render.kustomize.identity import Gvk

POD_SPECS = {
    "Pod": "spec",
    "PodTemplate": "template/spec",
    "Deployment": "spec/template/spec",
    "ReplicaSet": "spec/template/spec",
    "DaemonSet": "spec/template/spec",
    "StatefulSet": "spec/template/spec",
    "ReplicationController": "spec/template/spec",
    "Job": "spec/template/spec",
    "CronJob": "spec/jobTemplate/spec/template/spec",
}
"""Where each kind keeps the specification of its pods."""

_METADATA_LABELS = """
*/*/* metadata/labels +
*/v1/ReplicationController spec/template/metadata/labels +
*/*/Deployment spec/template/metadata/labels +
*/*/ReplicaSet spec/template/metadata/labels +
*/*/DaemonSet spec/template/metadata/labels +
apps/*/StatefulSet spec/template/metadata/labels +
apps/*/StatefulSet spec/volumeClaimTemplates[]/metadata/labels +
batch/*/Job spec/template/metadata/labels +
batch/*/CronJob spec/jobTemplate/metadata/labels +
batch/*/CronJob spec/jobTemplate/spec/template/metadata/labels +
"""

_SELECTORS = """
*/v1/Service spec/selector +
*/v1/ReplicationController spec/selector +
*/*/Deployment spec/selector/matchLabels +
*/*/ReplicaSet spec/selector/matchLabels +
*/*/DaemonSet spec/selector/matchLabels +
apps/*/StatefulSet spec/selector/matchLabels +
batch/*/Job spec/selector/matchLabels
batch/*/CronJob spec/jobTemplate/spec/selector/matchLabels
policy/*/PodDisruptionBudget spec/selector/matchLabels
networking.k8s.io/*/NetworkPolicy spec/podSelector/matchLabels
networking.k8s.io/*/NetworkPolicy spec/ingress/from/podSelector/matchLabels
networking.k8s.io/*/NetworkPolicy spec/egress/to/podSelector/matchLabels
"""

_AFFINITY = "spec/template/spec/affinity/{}/{}/labelSelector/matchLabels"
_POD_SELECTORS = [
    *(
        _AFFINITY.format(affinity, term)
        for affinity in ("podAffinity", "podAntiAffinity")
        for term in (
            "preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm",
            "requiredDuringSchedulingIgnoredDuringExecution",
        )
    ),
    "spec/template/spec/topologySpreadConstraints/labelSelector/matchLabels",
]

_COMMON_ANNOTATIONS = """
*/*/* metadata/annotations +
*/v1/ReplicationController spec/template/metadata/annotations +
*/*/Deployment spec/template/metadata/annotations +
*/*/ReplicaSet spec/template/metadata/annotations +
*/*/DaemonSet spec/template/metadata/annotations +
*/*/StatefulSet spec/template/metadata/annotations +
batch/*/Job spec/template/metadata/annotations +
batch/*/CronJob spec/jobTemplate/metadata/annotations +
batch/*/CronJob spec/jobTemplate/spec/template/metadata/annotations +
"""

_NAMESPACE = """
*/*/Namespace metadata/name +
apiregistration.k8s.io/*/APIService spec/service/namespace +
apiextensions.k8s.io/*/CustomResourceDefinition spec/conversion/webhook/clientConfig/service/namespace
"""

_IMAGES = """
*/*/* spec/containers[]/image +
*/*/* spec/initContainers[]/image +
*/*/* spec/volumes[]/image/reference +
*/*/* spec/template/spec/containers[]/image +
*/*/* spec/template/spec/initContainers[]/image +
*/*/* spec/template/spec/volumes[]/image/reference +
"""

_REPLICAS = """
*/*/Deployment spec/replicas +
*/*/ReplicationController spec/replicas +
*/*/ReplicaSet spec/replicas +
*/*/StatefulSet spec/replicas +
"""

_VARIABLES = """
*/*/CronJob spec/jobTemplate/spec/template/volumes/nfs/server
*/*/Deployment spec/template/metadata/annotations
*/*/Ingress spec/rules/host
*/*/Ingress spec/tls/hosts
*/*/Ingress spec/tls/secretName
*/*/Service spec/ports/port
*/*/Service spec/ports/targetPort
*/*/StatefulSet spec/volumeClaimTemplates/spec/nfs/server
*/*/PersistentVolume spec/nfs/server
*/*/* metadata/labels
*/*/* metadata/annotations
"""
_VARIABLE_KINDS = ("DaemonSet", "Deployment", "Job", "Pod", "ReplicaSet", "StatefulSet", "CronJob")


def _read(text: str) -> tuple[FieldSpec, ...]:
    found = []
    for line in filter(None, text.splitlines()):
        gvk, path, *create = line.split(" ")
        parts = ("" if part == "*" else part for part in gvk.split("/"))
        found.append(FieldSpec(Gvk(*parts), path, bool(create)))
    return tuple(found)


def _pod_selectors() -> Iterator[FieldSpec]:
    for kind in ("Deployment", "StatefulSet"):
        for path in _POD_SELECTORS:
            yield FieldSpec(Gvk("apps", "", kind), path)


def _pod_variables() -> Iterator[FieldSpec]:
    for kind in _VARIABLE_KINDS:
        for containers in ("containers", "initContainers"):
            for path in ("args", "command", "env/value", "volumeMounts/mountPath"):
                yield FieldSpec(Gvk(kind=kind), f"{POD_SPECS[kind]}/{containers}/{path}")
        if kind not in ("CronJob", "StatefulSet"):
            yield FieldSpec(Gvk(kind=kind), f"{POD_SPECS[kind]}/volumes/nfs/server")


NAME_PREFIX = NAME_SUFFIX = _read("*/*/* metadata/name")
TEMPLATE_LABELS = _read(_METADATA_LABELS)
COMMON_LABELS = (*_read(_SELECTORS), *_pod_selectors(), *TEMPLATE_LABELS)
COMMON_ANNOTATIONS = _read(_COMMON_ANNOTATIONS)
NAMESPACE = _read(_NAMESPACE)
IMAGES = _read(_IMAGES)
REPLICAS = _read(_REPLICAS)
VARIABLES = (*_read(_VARIABLES), *_pod_variables())
