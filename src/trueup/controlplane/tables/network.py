"""Rows of Services, endpoints and what routes to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from trueup.controlplane.tables.column import AGE, NAME, Column, at, field, shown, text
from trueup.controlplane.tables.selectors import format_selector
from trueup.controlplane.tables.templates import plain_selector
from trueup.objects import Manifest

_SHOWN = 3
"""Entries of a list that are shown before the rest is only counted."""


def _load_balancer(obj: Manifest) -> list[str]:
    ingress = at(obj, "status.loadBalancer.ingress", ())
    return sorted({i.get("ip") or i.get("hostname") or "" for i in ingress} - {""})


def _external_ip(service: Manifest) -> str:
    kind, external = at(service, "spec.type", ""), at(service, "spec.externalIPs", [])
    if kind == "ExternalName":
        return str(at(service, "spec.externalName", ""))
    if kind == "LoadBalancer":
        return ",".join([*_load_balancer(service), *external]) or "<pending>"
    if kind in ("ClusterIP", "NodePort"):
        return ",".join(external) or "<none>"
    return "<unknown>"


def _cluster_ip(service: Manifest) -> str:
    addresses: Sequence[str] = at(service, "spec.clusterIPs", ())
    return addresses[0] if addresses else "<none>"


def _ports(service: Manifest) -> str:
    return ",".join(_port(port) for port in at(service, "spec.ports", ())) or "<none>"


def _port(port: Mapping[str, Any]) -> str:
    node_port = f":{port['nodePort']}" if port.get("nodePort", 0) > 0 else ""
    return f"{port.get('port', 0)}{node_port}/{port.get('protocol', '')}"


def _hosts(ingress: Manifest) -> str:
    rules = at(ingress, "spec.rules", [])
    hosts: list[str] = []
    more = False
    for rule in rules:
        more = more or len(hosts) == _SHOWN
        if rule.get("host") and not more:
            hosts.append(rule["host"])
    listed = ",".join(hosts) or "*"
    return f"{listed} + {len(rules) - _SHOWN} more..." if more else listed


def _parameters(ingress_class: Manifest) -> str:
    parameters = at(ingress_class, "spec.parameters")
    if parameters is None:
        return "<none>"
    group = f".{parameters['apiGroup']}" if parameters.get("apiGroup") is not None else ""
    return f"{parameters.get('kind', '')}{group}/{parameters.get('name', '')}"


def _class_name(ingress_class: Manifest) -> str:
    annotations = at(ingress_class, "metadata.annotations", {})
    default = annotations.get("ingressclass.kubernetes.io/is-default-class") == "true"
    return f"{at(ingress_class, 'metadata.name', '')}{' (default)' if default else ''}"


def _subsets(endpoints: Manifest) -> str:
    subsets = at(endpoints, "subsets", ())
    if not subsets:
        return "<none>"
    found = [address for subset in subsets for address in _addresses(subset)]
    return _listed(found, empty="")


def _addresses(subset: Mapping[str, Any]) -> Iterable[str]:
    addresses = [address["ip"] for address in subset.get("addresses") or ()]
    ports = subset.get("ports") or ()
    if not ports:
        return addresses
    return [_joined(ip, port["port"]) for port in ports for ip in addresses]


def _joined(ip: str, port: int) -> str:
    return f"[{ip}]:{port}" if ":" in ip else f"{ip}:{port}"


def _slice_ports(endpoint_slice: Manifest) -> str:
    return _listed(
        [
            str(port["port"]) if port.get("port") is not None else port.get("name", "*")
            for port in at(endpoint_slice, "ports", ())
        ]
    )


def _slice_endpoints(endpoint_slice: Manifest) -> str:
    endpoints = at(endpoint_slice, "endpoints", ())
    return _listed([a for endpoint in endpoints for a in endpoint.get("addresses") or ()])


def _listed(items: Sequence[str], empty: str = "<unset>") -> str:
    text_ = ",".join(items[:_SHOWN])
    if len(items) > _SHOWN:
        return f"{text_} + {len(items) - _SHOWN} more..."
    return text_ or empty


def _parent(address: Manifest) -> str:
    parent = at(address, "spec.parentRef")
    if parent is None:
        return "<none>"
    resource = ".".join(filter(None, (parent.get("resource"), parent.get("group")))).lower()
    return "/".join(filter(None, (resource, parent.get("namespace"), parent.get("name", ""))))


NETWORK: dict[tuple[str, str], tuple[Column, ...]] = {
    ("", "Service"): (
        NAME,
        text("Type", "spec.type", "How it is reached."),
        text("Cluster-IP", shown(_cluster_ip), "Its address inside the cluster."),
        text("External-IP", shown(_external_ip), "Its address outside the cluster."),
        text("Port(s)", shown(_ports), "Its ports, with node ports."),
        AGE,
        plain_selector(),
    ),
    ("", "Endpoints"): (
        NAME,
        text("Endpoints", shown(_subsets), "Addresses and ports behind the service."),
        AGE,
    ),
    ("discovery.k8s.io", "EndpointSlice"): (
        NAME,
        text("AddressType", "addressType", "What the addresses are."),
        text("Ports", shown(_slice_ports), "Ports of the endpoints."),
        text("Endpoints", shown(_slice_endpoints), "Addresses of the endpoints."),
        AGE,
    ),
    ("networking.k8s.io", "Ingress"): (
        NAME,
        text("Class", field("spec.ingressClassName", "<none>"), "Who serves it."),
        text("Hosts", shown(_hosts), "Host names that it routes."),
        text("Address", shown(lambda obj: ",".join(_load_balancer(obj))), "Where it is reached."),
        text("Ports", shown(lambda o: "80, 443" if at(o, "spec.tls") else "80"), "Open ports."),
        AGE,
    ),
    ("networking.k8s.io", "IngressClass"): (
        Column("Name", shown(_class_name), NAME.description, format="name"),
        text("Controller", "spec.controller", "What serves this class."),
        text("Parameters", shown(_parameters), "An object with more settings."),
        AGE,
    ),
    ("networking.k8s.io", "NetworkPolicy"): (
        NAME,
        text(
            "Pod-Selector",
            shown(lambda obj: format_selector(at(obj, "spec.podSelector"))),
            "Pods that it is about.",
        ),
        AGE,
    ),
    ("networking.k8s.io", "ServiceCIDR"): (
        NAME,
        text("CIDRs", shown(lambda o: ",".join(at(o, "spec.cidrs", ()))), "Ranges of addresses."),
        AGE,
    ),
    ("networking.k8s.io", "IPAddress"): (
        NAME,
        text("ParentRef", shown(_parent), "Who has the address."),
    ),
}
