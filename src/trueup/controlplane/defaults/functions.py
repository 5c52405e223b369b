"""Defaults that depend on other fields: type -> function on one value of it, in place.

Each runs after the plain values of its type are filled in and before its parts are visited. The
behaviour is that of Kubernetes 1.37's ``SetDefaults_*`` functions and API conversions.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping
from typing import Any

from trueup.controlplane.defaults import pods
from trueup.objects import Manifest
from trueup.objects.manifest import copy

TEMPLATE_GENERATION = "deprecated.daemonset.template.generation"
"""A field of the first DaemonSets that lives on as an annotation."""

_LARGEST_INT32 = 2**31 - 1
_CLIENT_IP_SECONDS = 10800
_RBAC_GROUP = "rbac.authorization.k8s.io"


def _deployment_strategy(strategy: Manifest) -> None:
    if strategy["type"] == "RollingUpdate":
        strategy.setdefault("rollingUpdate", {})


def _stateful_set(spec: Manifest) -> None:
    strategy = spec.setdefault("updateStrategy", {})
    if not strategy.get("type"):
        strategy["type"] = "RollingUpdate"
        _set_missing(strategy, rollingUpdate={})
    if strategy["type"] == "RollingUpdate" and strategy.get("rollingUpdate") is not None:
        _set_missing(strategy["rollingUpdate"], partition=0, maxUnavailable=1)
    for claim in spec.get("volumeClaimTemplates") or ():
        claim["apiVersion"], claim["kind"] = "v1", "PersistentVolumeClaim"


def _replication_controller(controller: Manifest) -> None:
    spec = controller.setdefault("spec", {})
    labels = ((spec.get("template") or {}).get("metadata") or {}).get("labels")
    if labels:
        _inherit_labels(controller, labels)
        if not spec.get("selector"):
            spec["selector"] = copy(labels)


def _job(job: Manifest) -> None:
    """Only a Job itself: the template in a CronJob is completed when it becomes a Job."""
    spec = job.setdefault("spec", {})
    labels = ((spec.get("template") or {}).get("metadata") or {}).get("labels")
    if labels:
        _inherit_labels(job, labels)
    if spec.get("completions") is None and spec.get("parallelism") is None:
        spec["completions"] = 1
    _set_missing(
        spec,
        parallelism=1,
        backoffLimit=6 if spec.get("backoffLimitPerIndex") is None else _LARGEST_INT32,
        completionMode="NonIndexed",
        suspend=False,
        podReplacementPolicy="TerminatingOrFailed"
        if spec.get("podFailurePolicy") is None
        else "Failed",
        manualSelector=False,
    )


def _set_missing(value: Manifest, **defaults: Any) -> None:
    for field, default in defaults.items():
        if value.get(field) is None:
            value[field] = default


def _inherit_labels(obj: Manifest, labels: Mapping[str, Any]) -> None:
    metadata = obj.setdefault("metadata", {})
    if not metadata.get("labels"):
        metadata["labels"] = copy(labels)


def _service(service: Manifest) -> None:
    spec = service.get("spec") or {}
    if spec.get("type") != "LoadBalancer":
        return
    for ingress in ((service.get("status") or {}).get("loadBalancer") or {}).get("ingress") or ():
        if ingress.get("ip"):
            ingress.setdefault("ipMode", "VIP")


def _service_spec(spec: Manifest) -> None:
    _session_affinity(spec)
    external = spec["type"] in ("NodePort", "LoadBalancer")
    if external or (spec["type"] == "ClusterIP" and spec.get("externalIPs")):
        spec.setdefault("externalTrafficPolicy", "Cluster")
    if spec["type"] in ("NodePort", "LoadBalancer", "ClusterIP"):
        spec.setdefault("internalTrafficPolicy", "Cluster")
    if spec["type"] == "LoadBalancer":
        spec.setdefault("allocateLoadBalancerNodePorts", True)


def _session_affinity(spec: Manifest) -> None:
    if spec["sessionAffinity"] == "None":
        spec.pop("sessionAffinityConfig", None)
    elif spec["sessionAffinity"] == "ClientIP":
        config = (spec.get("sessionAffinityConfig") or {}).get("clientIP") or {}
        if config.get("timeoutSeconds") is None:
            spec["sessionAffinityConfig"] = {"clientIP": {"timeoutSeconds": _CLIENT_IP_SECONDS}}


def _service_port(port: Manifest) -> None:
    if port.get("targetPort") in (None, 0, ""):
        port["targetPort"] = port.get("port", 0)


def _namespace(namespace: Manifest) -> None:
    metadata = namespace.setdefault("metadata", {})
    if metadata.get("name"):
        labels = metadata.get("labels") or {}
        metadata["labels"] = {**labels, "kubernetes.io/metadata.name": metadata["name"]}


def _secret(secret: Manifest) -> None:
    """``stringData`` is for writing only: it goes into ``data``, over what is there."""
    text = secret.pop("stringData", None) or {}
    if text:
        encoded = {
            key: b64encode(str(value or "").encode()).decode() for key, value in text.items()
        }
        secret["data"] = {**(secret.get("data") or {}), **encoded}


def _persistent_volume(volume: Manifest) -> None:
    """Only a PersistentVolume itself, not the same spec inside a VolumeAttachment."""
    spec = volume.setdefault("spec", {})
    if not spec.get("persistentVolumeReclaimPolicy"):
        spec["persistentVolumeReclaimPolicy"] = "Retain"
    _set_missing(spec, volumeMode="Filesystem")


def _node_spec(spec: Manifest) -> None:
    """The singular range, where set, is the first of the plural."""
    if spec.get("podCIDR"):
        several = spec.get("podCIDRs") or ()
        agree = several and several[0] == spec["podCIDR"]
        spec["podCIDRs"] = several if agree else [spec["podCIDR"]]
    elif spec.get("podCIDRs"):
        spec["podCIDR"] = spec["podCIDRs"][0]


def _daemon_set(daemon_set: Manifest) -> None:
    annotations = daemon_set.setdefault("metadata", {}).setdefault("annotations", {})
    annotations.setdefault(TEMPLATE_GENERATION, "0")


def _node_status(status: Manifest) -> None:
    if status.get("capacity"):
        status.setdefault("allocatable", copy(status["capacity"]))


def _limit_range_item(item: Manifest) -> None:
    if item.get("type") != "Container":
        return
    default = {**(item.get("max") or {}), **(item.get("default") or {})}
    request = {**(item.get("min") or {}), **default, **(item.get("defaultRequest") or {})}
    item["default"], item["defaultRequest"] = default, copy(request)


def _autoscaler(spec: Manifest) -> None:
    spec.setdefault("minReplicas", 1)
    if not spec.get("metrics"):
        target = {"type": "Utilization", "averageUtilization": 80}
        spec["metrics"] = [{"type": "Resource", "resource": {"name": "cpu", "target": target}}]


def _autoscaler_behavior(behavior: Manifest) -> None:
    policies: dict[str, list[Manifest]] = {
        "scaleUp": [
            {"type": "Pods", "value": 4, "periodSeconds": 15},
            {"type": "Percent", "value": 100, "periodSeconds": 15},
        ],
        "scaleDown": [{"type": "Percent", "value": 100, "periodSeconds": 15}],
    }
    for direction, default in policies.items():
        if behavior.get(direction) is None:
            behavior[direction] = {}
        _set_missing(behavior[direction], selectPolicy="Max")
        behavior[direction]["policies"] = behavior[direction].get("policies") or default
    _set_missing(behavior["scaleUp"], stabilizationWindowSeconds=0)


def _network_policy(spec: Manifest) -> None:
    if not spec.get("policyTypes"):
        spec["policyTypes"] = ["Ingress", "Egress"] if spec.get("egress") else ["Ingress"]


def _subject(subject: Manifest) -> None:
    if subject.get("kind") in ("User", "Group"):
        subject.setdefault("apiGroup", _RBAC_GROUP)


def _definition(definition: Manifest) -> None:
    spec = definition.setdefault("spec", {})
    names = spec["names"] = spec.get("names") or {}
    kind = names.get("kind") or ""
    if kind:
        names["singular"] = names.get("singular") or kind.lower()
        names["listKind"] = names.get("listKind") or f"{kind}List"
    status = definition["status"] = definition.get("status") or {}
    stored = [v.get("name", "") for v in spec.get("versions") or () if v and v.get("storage")]
    if stored and not status.get("storedVersions"):
        status["storedVersions"] = stored[:1]


def _device_request(request: Manifest) -> None:
    if not request.get("allocationMode"):
        request["allocationMode"] = "ExactCount"
    if request["allocationMode"] == "ExactCount" and not request.get("count"):
        request["count"] = 1


BY_TYPE: Mapping[str, Callable[[Manifest], None]] = {
    **pods.BY_TYPE,
    "apps/v1.DeploymentStrategy": _deployment_strategy,
    "apps/v1.DaemonSetUpdateStrategy": _deployment_strategy,
    "apps/v1.StatefulSetSpec": _stateful_set,
    "core/v1.ReplicationController": _replication_controller,
    "batch/v1.Job": _job,
    "core/v1.Service": _service,
    "core/v1.ServiceSpec": _service_spec,
    "core/v1.ServicePort": _service_port,
    "core/v1.Namespace": _namespace,
    "core/v1.NodeStatus": _node_status,
    "core/v1.NodeSpec": _node_spec,
    "core/v1.Secret": _secret,
    "core/v1.PersistentVolume": _persistent_volume,
    "apps/v1.DaemonSet": _daemon_set,
    "core/v1.LimitRangeItem": _limit_range_item,
    "autoscaling/v2.HorizontalPodAutoscalerSpec": _autoscaler,
    "autoscaling/v2.HorizontalPodAutoscalerBehavior": _autoscaler_behavior,
    "networking/v1.NetworkPolicySpec": _network_policy,
    "rbac/v1.Subject": _subject,
    "apiextensions/v1.CustomResourceDefinition": _definition,
    "resource/v1.ExactDeviceRequest": _device_request,
    "resource/v1.DeviceSubRequest": _device_request,
}
