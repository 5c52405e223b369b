"""Default values that depend on nothing else: type -> field -> value.

From the defaulting of Kubernetes 1.37 (``pkg/apis/*/*/defaults.go`` and the ``+default`` markers
of ``k8s.io/api``). They hold wherever the type occurs. An empty dict gives an empty struct, which
is then completed itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_FILE_MODE = 0o644
_ISCSI = {"iscsiInterface": "default"}
_RBD = {"pool": "rbd", "user": "admin", "keyring": "/etc/ceph/keyring"}
_SCALE_IO = {"storageMode": "ThinProvisioned", "fsType": "xfs"}
_CONTAINER = {
    "terminationMessagePath": "/dev/termination-log",
    "terminationMessagePolicy": "File",
}
_WEBHOOK: dict[str, Any] = {
    "failurePolicy": "Fail",
    "matchPolicy": "Equivalent",
    "namespaceSelector": {},
    "objectSelector": {},
    "timeoutSeconds": 10,
}

VALUES: Mapping[str, Mapping[str, Any]] = {
    # pods
    "core/v1.PodSpec": {
        "dnsPolicy": "ClusterFirst",
        "restartPolicy": "Always",
        "securityContext": {},
        "terminationGracePeriodSeconds": 30,
        "schedulerName": "default-scheduler",
    },
    "core/v1.Container": _CONTAINER,
    "core/v1.EphemeralContainer": _CONTAINER,
    "core/v1.ContainerPort": {"protocol": "TCP"},
    "core/v1.Probe": {
        "timeoutSeconds": 1,
        "periodSeconds": 10,
        "successThreshold": 1,
        "failureThreshold": 3,
    },
    "core/v1.HTTPGetAction": {"path": "/", "scheme": "HTTP"},
    "core/v1.GRPCAction": {"service": ""},
    "core/v1.ObjectFieldSelector": {"apiVersion": "v1"},
    "core/v1.FileKeySelector": {"optional": False},
    # volumes
    "core/v1.SecretVolumeSource": {"defaultMode": _FILE_MODE},
    "core/v1.ConfigMapVolumeSource": {"defaultMode": _FILE_MODE},
    "core/v1.DownwardAPIVolumeSource": {"defaultMode": _FILE_MODE},
    "core/v1.ProjectedVolumeSource": {"defaultMode": _FILE_MODE},
    "core/v1.ServiceAccountTokenProjection": {"expirationSeconds": 3600},
    "core/v1.HostPathVolumeSource": {"type": ""},
    "core/v1.ISCSIVolumeSource": _ISCSI,
    "core/v1.ISCSIPersistentVolumeSource": _ISCSI,
    "core/v1.RBDVolumeSource": _RBD,
    "core/v1.RBDPersistentVolumeSource": _RBD,
    "core/v1.ScaleIOVolumeSource": _SCALE_IO,
    "core/v1.ScaleIOPersistentVolumeSource": _SCALE_IO,
    "core/v1.AzureDiskVolumeSource": {
        "cachingMode": "ReadWrite",
        "fsType": "ext4",
        "readOnly": False,
        "kind": "Shared",
    },
    "core/v1.PersistentVolumeClaimSpec": {"volumeMode": "Filesystem"},
    "core/v1.PersistentVolumeClaimStatus": {"phase": "Pending"},
    "core/v1.PersistentVolumeStatus": {"phase": "Pending"},
    # the rest of the core group
    "core/v1.Secret": {"type": "Opaque"},
    "core/v1.ServiceSpec": {"sessionAffinity": "None", "type": "ClusterIP"},
    "core/v1.ServicePort": {"protocol": "TCP"},
    "core/v1.EndpointPort": {"protocol": "TCP"},
    "core/v1.NamespaceStatus": {"phase": "Active"},
    "core/v1.ReplicationControllerSpec": {"replicas": 1},
    # workloads
    "apps/v1.DeploymentSpec": {
        "replicas": 1,
        "revisionHistoryLimit": 10,
        "progressDeadlineSeconds": 600,
    },
    "apps/v1.DeploymentStrategy": {"type": "RollingUpdate"},
    "apps/v1.RollingUpdateDeployment": {"maxUnavailable": "25%", "maxSurge": "25%"},
    "apps/v1.ReplicaSetSpec": {"replicas": 1},
    "apps/v1.DaemonSetSpec": {"revisionHistoryLimit": 10},
    "apps/v1.DaemonSetUpdateStrategy": {"type": "RollingUpdate"},
    "apps/v1.RollingUpdateDaemonSet": {"maxUnavailable": 1, "maxSurge": 0},
    "apps/v1.StatefulSetSpec": {
        "podManagementPolicy": "OrderedReady",
        "persistentVolumeClaimRetentionPolicy": {},
        "replicas": 1,
        "revisionHistoryLimit": 10,
    },
    "apps/v1.StatefulSetPersistentVolumeClaimRetentionPolicy": {
        "whenDeleted": "Retain",
        "whenScaled": "Retain",
    },
    "batch/v1.CronJobSpec": {
        "concurrencyPolicy": "Allow",
        "suspend": False,
        "successfulJobsHistoryLimit": 3,
        "failedJobsHistoryLimit": 1,
    },
    "batch/v1.PodFailurePolicyOnPodConditionsPattern": {"status": "True"},
    "autoscaling/v1.HorizontalPodAutoscalerSpec": {
        "minReplicas": 1,
        "targetCPUUtilizationPercentage": 80,
    },
    # network
    "networking/v1.NetworkPolicyPort": {"protocol": "TCP"},
    "networking/v1.IngressClassParametersReference": {"scope": "Cluster"},
    "discovery/v1.EndpointPort": {"name": "", "protocol": "TCP"},
    # storage, scheduling, devices
    "storage/v1.StorageClass": {"reclaimPolicy": "Delete", "volumeBindingMode": "Immediate"},
    "storage/v1.CSIDriverSpec": {
        "attachRequired": True,
        "podInfoOnMount": False,
        "storageCapacity": False,
        "fsGroupPolicy": "ReadWriteOnceWithFSType",
        "volumeLifecycleModes": ["Persistent"],
        "requiresRepublish": False,
        "seLinuxMount": False,
        "preventPodSchedulingIfMissing": False,
    },
    "scheduling/v1.PriorityClass": {"preemptionPolicy": "PreemptLowerPriority"},
    "resource/v1.DeviceToleration": {"operator": "Equal"},
    "certificates/v1.PodCertificateRequestSpec": {"maxExpirationSeconds": 86400},
    # access and extension of the API
    "authentication/v1.TokenRequestSpec": {"expirationSeconds": 3600},
    "rbac/v1.RoleRef": {"apiGroup": "rbac.authorization.k8s.io"},
    "admissionregistration/v1.ValidatingWebhook": _WEBHOOK,
    "admissionregistration/v1.MutatingWebhook": {**_WEBHOOK, "reinvocationPolicy": "Never"},
    "admissionregistration/v1.RuleWithOperations": {"scope": "*"},
    "admissionregistration/v1.NamedRuleWithOperations": {"scope": "*"},
    "admissionregistration/v1.ServiceReference": {"port": 443},
    "admissionregistration/v1.ValidatingAdmissionPolicySpec": {"failurePolicy": "Fail"},
    "admissionregistration/v1.MutatingAdmissionPolicySpec": {"failurePolicy": "Fail"},
    "admissionregistration/v1.MatchResources": {
        "matchPolicy": "Equivalent",
        "namespaceSelector": {},
        "objectSelector": {},
    },
    "apiextensions/v1.CustomResourceDefinitionSpec": {"conversion": {"strategy": "None"}},
    "apiextensions/v1.ServiceReference": {"port": 443},
    "flowcontrol/v1.FlowSchemaSpec": {"matchingPrecedence": 1000},
    "flowcontrol/v1.ExemptPriorityLevelConfiguration": {
        "nominalConcurrencyShares": 0,
        "lendablePercent": 0,
    },
    "flowcontrol/v1.LimitedPriorityLevelConfiguration": {
        "nominalConcurrencyShares": 30,
        "lendablePercent": 0,
    },
    "flowcontrol/v1.QueuingConfiguration": {"handSize": 8, "queues": 64, "queueLengthLimit": 50},
}
