"""Where a webhook's Service is: an address, or the reason why there is none.

The Pods of this control plane run nowhere. What answers is what somebody else runs: the addresses
in the EndpointSlices of a Service without selector, or the host that an ExternalName names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from trueup.controlplane.registry.selectors import LabelTest
from trueup.controlplane.resources import Resource
from trueup.objects import GroupVersionKind, Manifest

_SLICE = GroupVersionKind("discovery.k8s.io", "v1", "EndpointSlice")
_SERVICE_NAME = "kubernetes.io/service-name"


class Unresolved(Exception):
    """The text says why, as Kubernetes words it."""


class Directory(Protocol):
    """Stored objects."""

    def get(self, bucket: str, key: str) -> Manifest | None: ...

    def resource_of(self, kind: GroupVersionKind) -> Resource | None: ...

    def selected(
        self, resource: Resource, namespace: str, selects: LabelTest
    ) -> list[Manifest]: ...


def address_of(reference: Mapping[str, Any], directory: Directory) -> tuple[str, int]:
    """The host and port of a ``clientConfig.service``; Unresolved."""
    namespace, name = str(reference.get("namespace")), str(reference.get("name"))
    port = int(reference.get("port") or 443)
    service = directory.get("/services", f"{namespace}/{name}")
    if service is None:
        raise Unresolved(f'service "{name}" not found')
    spec = service.get("spec") or {}
    if spec.get("type") == "ExternalName":
        return str(spec.get("externalName")), port
    wanted = next((each for each in spec.get("ports") or () if each.get("port") == port), None)
    if wanted is None:
        raise Unresolved(f'no service port {port} found for service "{name}"')
    found = None if spec.get("selector") else _endpoint(wanted, namespace, name, directory)
    if found is None:
        raise Unresolved(f'no endpoints available for service "{name}"')
    return found


def _endpoint(
    wanted: Mapping[str, Any], namespace: str, name: str, directory: Directory
) -> tuple[str, int] | None:
    resource = directory.resource_of(_SLICE)
    assert resource is not None
    slices = directory.selected(
        resource, namespace, lambda labels: labels.get(_SERVICE_NAME) == name
    )
    return next((found for each in slices for found in _addresses(each, wanted)), None)


def _addresses(slice_: Manifest, wanted: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    ports = [port for port in slice_.get("ports") or () if _is_port(port, wanted)]
    for endpoint in slice_.get("endpoints") or ():
        if (endpoint.get("conditions") or {}).get("ready") is not False:
            for address in endpoint.get("addresses") or ():
                yield from ((str(address), int(port["port"])) for port in ports)


def _is_port(port: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    return (port.get("name") or "") == (wanted.get("name") or "") and bool(port.get("port"))
