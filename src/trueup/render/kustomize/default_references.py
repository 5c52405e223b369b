"""Which fields hold the name of another object: kustomize's built-in name references, as tables.

A block begins with the kind that is referred to; its lines are ``Kind path`` of the fields that
refer to it, as in ``defaults``. A path from ``pods:`` on is relative to the pod specification of
each kind in the list after it.
"""

from __future__ import annotations

from collections.abc import Iterator

from trueup.render.kustomize.defaults import POD_SPECS
from trueup.render.kustomize.fieldspecs import FieldSpec
from trueup.render.kustomize.identity import Gvk

_WORKLOADS = "Pod PodTemplate Deployment ReplicaSet DaemonSet StatefulSet Job CronJob"
_OWNERS = "Pod StatefulSet Deployment ReplicationController CronJob Job DaemonSet"

_REFERENCES = f"""
*/*/Deployment
  */*/HorizontalPodAutoscaler spec/scaleTargetRef/name
*/*/ReplicationController
  */*/HorizontalPodAutoscaler spec/scaleTargetRef/name
*/*/ReplicaSet
  */*/HorizontalPodAutoscaler spec/scaleTargetRef/name
*/*/StatefulSet
  */*/HorizontalPodAutoscaler spec/scaleTargetRef/name
*/v1/ConfigMap
  pods: volumes/configMap/name {_WORKLOADS}
  pods: containers/env/valueFrom/configMapKeyRef/name {_WORKLOADS}
  pods: initContainers/env/valueFrom/configMapKeyRef/name {_WORKLOADS}
  pods: containers/envFrom/configMapRef/name {_WORKLOADS}
  pods: initContainers/envFrom/configMapRef/name {_WORKLOADS}
  pods: volumes/projected/sources/configMap/name {_WORKLOADS}
  */*/Node spec/configSource/configMap
  */*/Role rules/resourceNames
  */*/ClusterRole rules/resourceNames
  */*/Ingress metadata/annotations/nginx.ingress.kubernetes.io\\/fastcgi-params-configmap
*/v1/Secret
  pods: volumes/secret/secretName {_WORKLOADS}
  pods: containers/env/valueFrom/secretKeyRef/name {_WORKLOADS}
  pods: initContainers/env/valueFrom/secretKeyRef/name {_WORKLOADS}
  pods: containers/envFrom/secretRef/name {_WORKLOADS}
  pods: initContainers/envFrom/secretRef/name {_WORKLOADS}
  pods: imagePullSecrets/name {_WORKLOADS}
  pods: volumes/projected/sources/secret/name {_WORKLOADS}
  */*/Ingress spec/tls/secretName
  */*/Ingress metadata/annotations/ingress.kubernetes.io\\/auth-secret
  */*/Ingress metadata/annotations/nginx.ingress.kubernetes.io\\/auth-secret
  */*/Ingress metadata/annotations/nginx.ingress.kubernetes.io\\/auth-tls-secret
  */*/ServiceAccount imagePullSecrets/name
  */*/StorageClass parameters/secretName
  */*/StorageClass parameters/adminSecretName
  */*/StorageClass parameters/userSecretName
  */*/StorageClass parameters/secretRef
  */*/Role rules/resourceNames
  */*/ClusterRole rules/resourceNames
  serving.knative.dev/v1/Service spec/template/spec/containers/env/valueFrom/secretKeyRef/name
  */*/PersistentVolume spec/azureFile/secretName
*/v1/Service
  apps/*/StatefulSet spec/serviceName
  */*/Ingress spec/rules/http/paths/backend/serviceName
  */*/Ingress spec/backend/serviceName
  */*/Ingress spec/rules/http/paths/backend/service/name
  */*/Ingress spec/defaultBackend/service/name
  apiregistration.k8s.io/*/APIService spec/service/name
  admissionregistration.k8s.io/*/ValidatingWebhookConfiguration webhooks/clientConfig/service
  admissionregistration.k8s.io/*/MutatingWebhookConfiguration webhooks/clientConfig/service
rbac.authorization.k8s.io/*/Role
  rbac.authorization.k8s.io/*/RoleBinding roleRef/name
rbac.authorization.k8s.io/*/ClusterRole
  rbac.authorization.k8s.io/*/RoleBinding roleRef/name
  rbac.authorization.k8s.io/*/ClusterRoleBinding roleRef/name
*/v1/ServiceAccount
  rbac.authorization.k8s.io/*/RoleBinding subjects
  rbac.authorization.k8s.io/*/ClusterRoleBinding subjects
  pods: serviceAccountName {_OWNERS}
*/v1/PersistentVolumeClaim
  pods: volumes/persistentVolumeClaim/claimName {_OWNERS}
*/v1/PersistentVolume
  */*/PersistentVolumeClaim spec/volumeName
  */*/ClusterRole rules/resourceNames
storage.k8s.io/v1/StorageClass
  */*/PersistentVolume spec/storageClassName
  */*/PersistentVolumeClaim spec/storageClassName
  */*/StatefulSet spec/volumeClaimTemplates/spec/storageClassName
scheduling.k8s.io/v1/PriorityClass
  pods: priorityClassName {_OWNERS}
networking.k8s.io|v1/v1/IngressClass
  */*/Ingress spec/ingressClassName
admissionregistration.k8s.io/*/ValidatingAdmissionPolicy
  admissionregistration.k8s.io/*/ValidatingAdmissionPolicyBinding spec/policyName
"""
"""The group of IngressClass has a version in it, so the line never applies: as in kustomize."""


def _gvk(text: str) -> Gvk:
    parts = ("" if part == "*" else part.replace("|", "/") for part in text.split("/"))
    return Gvk(*parts)


def _referrers(line: str, target: Gvk) -> Iterator[FieldSpec]:
    first, path, *kinds = line.split()
    if first != "pods:":
        yield FieldSpec(_gvk(first), path)
        return
    for kind in kinds:
        names_version = kind == "Pod" and target.kind in ("ConfigMap", "Secret")
        gvk = Gvk(version="v1" if names_version else "", kind=kind)
        yield FieldSpec(gvk, f"{POD_SPECS[kind]}/{path}")


def _read(text: str) -> dict[Gvk, tuple[FieldSpec, ...]]:
    found: dict[Gvk, tuple[FieldSpec, ...]] = {}
    target = Gvk()
    for line in filter(None, text.splitlines()):
        if line.startswith(" "):
            found[target] += tuple(_referrers(line, target))
        else:
            target = _gvk(line)
            found[target] = ()
    return found


NAME_REFERENCES = _read(_REFERENCES)
"""Kind that is referred to -> the fields that refer to it."""
