"""``exec``, ``attach``, ``portforward`` and ``proxy``: there is nothing to talk to.

What is wrong with a request is said first, as the apiserver does.
"""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address

from trueup.controlplane.http.message import Response
from trueup.controlplane.http.objects import Exchange
from trueup.controlplane.registry import refusals
from trueup.controlplane.registry.codec import decode
from trueup.controlplane.registry.logs import chosen_container
from trueup.errors import ApiError, Unavailable
from trueup.objects import Manifest
from trueup.objects.gotext import quoted

_SCHEMES = ("", "http", "https")
_SLICES = "discovery.k8s.io/endpointslices"
_SERVICE_NAME = "kubernetes.io/service-name"
_NOTHING = "is simulated: nothing runs in it"


async def refuse_interaction(exchange: Exchange) -> Response:
    """Refuse ``exec``, ``attach`` or ``portforward``."""
    route = exchange.route
    pod = decode(exchange.registry.get(exchange.resource, route.namespace, route.name))
    if route.subresource != "portforward":
        chosen_container(pod, exchange.request.parameter("container"))
    node = pod["spec"].get("nodeName")
    if not node:
        raise refusals.bad_request(f"pod {route.name} does not have a host assigned")
    require_node(exchange, node)
    if "upgrade" not in exchange.request.headers:
        raise refusals.bad_request("Upgrade request required")
    raise refusals.bad_request(f"pod {route.name} {_NOTHING}")


def require_node(exchange: Exchange, name: str) -> None:
    """NotFound without it; the apiserver looks for a node here, and speaks of the kind asked for."""
    if exchange.registry.store.bucket("/nodes").get(name) is None:
        raise refusals.not_found(exchange.resource, name)


async def refuse_proxy(exchange: Exchange) -> Response:
    """Refuse to forward to a pod, a service or a node: ``NAME``, ``NAME:PORT``, ``http:NAME:PORT``."""
    kind = exchange.resource.singular
    scheme, name, port = _target(exchange.route.name)
    if not name or scheme not in _SCHEMES:
        shown = quoted(exchange.route.name)
        raise refusals.bad_request(f"invalid {kind} request {shown}")
    if kind == "service":
        _require_endpoint(exchange, name, port)
    else:
        found = decode(exchange.registry.get(exchange.resource, exchange.route.namespace, name))
        _require_address(kind, found.get("status") or {})
    raise Unavailable(f"error trying to reach service: {kind} {name} {_NOTHING}")


def _target(text: str) -> tuple[str, str, str]:
    """Scheme, name and port; no name where there are more parts than these."""
    match text.split(":"):
        case [name]:
            return "", name, ""
        case [name, port]:
            return "", name, port
        case [scheme, name, port]:
            return scheme, name, port
    return "", "", ""


def _require_address(kind: str, status: Mapping[str, object]) -> None:
    if kind == "node":
        if not status.get("addresses"):
            text = "no preferred addresses found; known addresses: []"
            raise ApiError(text, code=500, reason="")
    elif not _is_reachable(str(status.get("podIP") or "")):
        raise refusals.bad_request("address not allowed")


def _is_reachable(address: str) -> bool:
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return not (found.is_loopback or found.is_link_local or found.is_multicast)


def _require_endpoint(exchange: Exchange, name: str, port: str) -> None:
    """ServiceUnavailable without an endpoint for ``port``, which is a name or a number."""
    if port.isdecimal():
        port = _port_name(exchange, name, int(port))
    store, prefix = exchange.registry.store, f"{exchange.route.namespace}/"
    slices = [decode(entry) for entry in store.bucket(_SLICES).entries(prefix)]
    if not any(_serves(found, name, port) for found in slices):
        raise Unavailable(f"no endpoints available for service {quoted(name)}")


def _port_name(exchange: Exchange, name: str, port: int) -> str:
    service = decode(exchange.registry.get(exchange.resource, exchange.route.namespace, name))
    for declared in service["spec"].get("ports") or ():
        if declared["port"] == port:
            return str(declared.get("name") or "")
    shown = quoted(name)
    raise Unavailable(f"no service port {port} found for service {shown}")


def _serves(found: Manifest, service: str, port: str) -> bool:
    if (found["metadata"].get("labels") or {}).get(_SERVICE_NAME) != service:
        return False
    ready = [each for each in found.get("endpoints") or () if _is_ready(each)]
    return bool(ready) and any((p.get("name") or "") == port for p in found.get("ports") or ())


def _is_ready(endpoint: Manifest) -> bool:
    return (endpoint.get("conditions") or {}).get("ready") is not False
