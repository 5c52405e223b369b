"""The endpoints of a Service: the addresses and ports of its pods, the ready ones apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from trueup.controlplane.simulation.reading import is_deleting, is_ready, name_of, owner_reference
from trueup.controlplane.simulation.templates import safe_hash
from trueup.objects import Manifest

Pod = Mapping[str, Any]
Service = Mapping[str, Any]

SERVICE_NAME = "kubernetes.io/service-name"
MANAGED_BY = "endpointslice.kubernetes.io/managed-by"
CONTROLLER = "endpointslice-controller.k8s.io"

_MOST = 1000
"""As many endpoints as the API allows in one slice; the simulation makes no second one."""


def endpoint_slice(service: Service, pods: Sequence[Pod]) -> Manifest:
    """The slice of all pods that have an address."""
    name, metadata = name_of(service), service["metadata"]
    labels = {
        **(metadata.get("labels") or {}),
        SERVICE_NAME: name,
        MANAGED_BY: CONTROLLER,
    }
    if service["spec"].get("clusterIP") == "None":
        labels["service.kubernetes.io/headless"] = ""
    return {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": {
            "name": f"{name}-{safe_hash(metadata['uid'])[:5]}",
            "namespace": metadata["namespace"],
            "labels": labels,
            "ownerReferences": [owner_reference(service)],
        },
        "addressType": "IPv4",
        "endpoints": [_endpoint(service, pod) for pod in pods[:_MOST]],
        "ports": _slice_ports(service, pods),
    }


def endpoints(service: Service, pods: Sequence[Pod]) -> Manifest:
    """The older form of the same, for those who still read it."""
    metadata = service["metadata"]
    labels = {
        **(metadata.get("labels") or {}),
        "endpoints.kubernetes.io/managed-by": "endpoint-controller",
    }
    ready = [_address(pod) for pod in pods[:_MOST] if _serves(service, pod)]
    unready = [_address(pod) for pod in pods[:_MOST] if not _serves(service, pod)]
    subset: Manifest = {}
    if ready:
        subset["addresses"] = ready
    if unready:
        subset["notReadyAddresses"] = unready
    if subset and (ports := _slice_ports(service, pods)):
        subset["ports"] = [{k: v for k, v in port.items() if v != ""} for port in ports]
    obj: Manifest = {
        "apiVersion": "v1",
        "kind": "Endpoints",
        "metadata": {
            "name": name_of(service),
            "namespace": metadata["namespace"],
            "labels": labels,
        },
    }
    return {**obj, "subsets": [subset]} if subset else obj


def has_address(pod: Pod) -> bool:
    status = pod.get("status") or {}
    return bool(status.get("podIP")) and status.get("phase") not in ("Succeeded", "Failed")


def _serves(service: Service, pod: Pod) -> bool:
    published = bool(service["spec"].get("publishNotReadyAddresses"))
    return published or (is_ready(pod) and not is_deleting(pod))


def _endpoint(service: Service, pod: Pod) -> Manifest:
    serving = is_ready(pod) or bool(service["spec"].get("publishNotReadyAddresses"))
    endpoint: Manifest = {
        "addresses": [pod["status"]["podIP"]],
        "conditions": {
            "ready": _serves(service, pod),
            "serving": serving,
            "terminating": is_deleting(pod),
        },
        "nodeName": pod["spec"]["nodeName"],
        "targetRef": _target(pod),
    }
    if pod["spec"].get("hostname") and pod["spec"].get("subdomain") == name_of(service):
        endpoint["hostname"] = pod["spec"]["hostname"]
    return endpoint


def _address(pod: Pod) -> Manifest:
    return {
        "ip": pod["status"]["podIP"],
        "nodeName": pod["spec"]["nodeName"],
        "targetRef": _target(pod),
    }


def _target(pod: Pod) -> Manifest:
    metadata = pod["metadata"]
    return {
        "kind": "Pod",
        "namespace": metadata["namespace"],
        "name": metadata["name"],
        "uid": metadata["uid"],
    }


def _slice_ports(service: Service, pods: Sequence[Pod]) -> list[Manifest]:
    """The Service's ports where the pods have them; named ones are looked up in a pod."""
    found = []
    for port in service["spec"].get("ports") or ():
        number = _number(port, pods)
        if number:
            written = {"name": port.get("name", ""), "port": number, "protocol": port["protocol"]}
            if port.get("appProtocol"):
                written["appProtocol"] = port["appProtocol"]
            found.append(written)
    return found


def _number(port: Mapping[str, Any], pods: Sequence[Pod]) -> int:
    target = port.get("targetPort") or port["port"]
    if isinstance(target, int):
        return target
    for pod in pods:
        for container in pod["spec"]["containers"]:
            for offered in container.get("ports") or ():
                if offered.get("name") == target:
                    return int(offered["containerPort"])
    return 0
