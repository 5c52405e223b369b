"""The kinds that the simulation reads or writes."""

from trueup.objects import GroupVersionKind

DEPLOYMENT = GroupVersionKind("apps", "v1", "Deployment")
REPLICA_SET = GroupVersionKind("apps", "v1", "ReplicaSet")
STATEFUL_SET = GroupVersionKind("apps", "v1", "StatefulSet")
DAEMON_SET = GroupVersionKind("apps", "v1", "DaemonSet")
CONTROLLER_REVISION = GroupVersionKind("apps", "v1", "ControllerRevision")
JOB = GroupVersionKind("batch", "v1", "Job")
CRON_JOB = GroupVersionKind("batch", "v1", "CronJob")
POD = GroupVersionKind("", "v1", "Pod")
NODE = GroupVersionKind("", "v1", "Node")
SERVICE = GroupVersionKind("", "v1", "Service")
ENDPOINTS = GroupVersionKind("", "v1", "Endpoints")
ENDPOINT_SLICE = GroupVersionKind("discovery.k8s.io", "v1", "EndpointSlice")
INGRESS = GroupVersionKind("networking.k8s.io", "v1", "Ingress")
CLAIM = GroupVersionKind("", "v1", "PersistentVolumeClaim")
VOLUME = GroupVersionKind("", "v1", "PersistentVolume")
STORAGE_CLASS = GroupVersionKind("storage.k8s.io", "v1", "StorageClass")
DISRUPTION_BUDGET = GroupVersionKind("policy", "v1", "PodDisruptionBudget")
