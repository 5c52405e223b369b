"""Defaults of pods, containers and volumes that depend on other fields."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from trueup.objects import Manifest

_COMPONENT = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_DOMAIN = r"(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?"
_IMAGE = re.compile(
    rf"(?:{_DOMAIN}/)?{_COMPONENT}(?:/{_COMPONENT})*"
    r"(?::(?P<tag>\w[\w.-]{0,127}))?"
    r"(?P<digest>@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?",
    re.ASCII,
)
_IDENTIFIER = re.compile(r"[a-f0-9]{64}")


def pull_policy(image: str) -> str:
    """Always for ``latest``, be it written or implied, else IfNotPresent.

    An image name that does not parse counts as one with another tag, as in the API server.
    """
    match = _IMAGE.fullmatch(image)
    if match is None or _IDENTIFIER.fullmatch(image):
        return "IfNotPresent"
    implied = match["tag"] is None and match["digest"] is None
    return "Always" if implied or match["tag"] == "latest" else "IfNotPresent"


def _container(container: Manifest) -> None:
    if not container.get("imagePullPolicy"):
        container["imagePullPolicy"] = pull_policy(container.get("image") or "")


def _volume(volume: Manifest) -> None:
    if set(volume) <= {"name"}:
        volume["emptyDir"] = {}


def _image_volume(source: Manifest) -> None:
    if not source.get("pullPolicy"):
        source["pullPolicy"] = pull_policy(source.get("reference") or "")


def _pod_spec(spec: Manifest) -> None:
    account = spec.get("serviceAccountName") or spec.get("serviceAccount")
    if account:
        spec["serviceAccountName"] = spec["serviceAccount"] = account


def _pod(pod: Manifest) -> None:
    """What holds for pods only and not for the templates they are made from."""
    spec = pod.setdefault("spec", {})
    if (spec.get("terminationGracePeriodSeconds") or 0) < 0:
        spec["terminationGracePeriodSeconds"] = 1
    if spec.get("enableServiceLinks") is None:
        spec["enableServiceLinks"] = True
    for container in _containers(spec, "initContainers", "containers"):
        _request_limits(container)
        if spec.get("hostNetwork"):
            _publish_ports(container)


def _containers(spec: Manifest, *fields: str) -> Iterator[Manifest]:
    for field in fields:
        yield from spec.get(field) or ()


def _request_limits(container: Manifest) -> None:
    resources = container.get("resources") or {}
    if resources.get("limits"):
        resources["requests"] = {**resources["limits"], **(resources.get("requests") or {})}


def _publish_ports(container: Manifest) -> None:
    for port in container.get("ports") or ():
        port["hostPort"] = port.get("hostPort") or port.get("containerPort", 0)


def _pod_status(status: Manifest) -> None:
    address, addresses = status.get("podIP"), status.get("podIPs")
    if address and (not addresses or addresses[0].get("ip") != address):
        status["podIPs"] = [{"ip": address}]
    elif addresses and not address:
        status["podIP"] = addresses[0].get("ip", "")


BY_TYPE: Mapping[str, Callable[[Manifest], None]] = {
    "core/v1.Container": _container,
    "core/v1.EphemeralContainer": _container,
    "core/v1.Volume": _volume,
    "core/v1.ImageVolumeSource": _image_volume,
    "core/v1.PodSpec": _pod_spec,
    "core/v1.Pod": _pod,
    "core/v1.PodStatus": _pod_status,
}
