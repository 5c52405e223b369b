"""The discovery documents, from the catalog.

Shapes: https://kubernetes.io/docs/concepts/overview/kubernetes-api/#discovery-api
"""

from __future__ import annotations

from typing import Any

from trueup.controlplane.resources import Catalog, Resource, Subresource

Document = dict[str, Any]


def core_versions(address: str) -> Document:
    clients = [{"clientCIDR": "0.0.0.0/0", "serverAddress": address}]
    return {"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": clients}


def group_list(catalog: Catalog) -> Document:
    groups = [_group(catalog, group) for group in catalog.groups()]
    return {"kind": "APIGroupList", "apiVersion": "v1", "groups": groups}


def group(catalog: Catalog, name: str) -> Document | None:
    """None if there is no such group."""
    if name not in catalog.groups():
        return None
    return {"kind": "APIGroup", "apiVersion": "v1", **_group(catalog, name)}


def _group(catalog: Catalog, name: str) -> Document:
    versions = [
        {"groupVersion": f"{name}/{version}", "version": version}
        for version in catalog.versions(name)
    ]
    return {"name": name, "versions": versions, "preferredVersion": versions[0]}


def resource_list(catalog: Catalog, group: str, version: str) -> Document | None:
    """None if that version is not served."""
    found = catalog.in_version(group, version)
    if not found:
        return None
    resources = []
    for resource in found:
        resources.append(_listed(resource))
        resources.extend(_listed_subresource(resource, s) for s in resource.subresources.values())
    return {
        "kind": "APIResourceList",
        "apiVersion": "v1",
        "groupVersion": f"{group}/{version}" if group else version,
        "resources": resources,
    }


def _listed(resource: Resource) -> Document:
    listed: Document = {
        "name": resource.plural,
        "singularName": resource.singular,
        "namespaced": resource.namespaced,
        "kind": resource.kind,
        "verbs": list(resource.verbs),
    }
    if resource.short_names:
        listed["shortNames"] = list(resource.short_names)
    if resource.categories:
        listed["categories"] = list(resource.categories)
    return listed


def _listed_subresource(resource: Resource, subresource: Subresource) -> Document:
    gvk = subresource.gvk
    other: Document = {}
    if gvk != resource.gvk and (gvk.group, gvk.version) != (resource.group, resource.version):
        other = {"group": gvk.group, "version": gvk.version}
    return {
        "name": f"{resource.plural}/{subresource.name}",
        "singularName": "",
        "namespaced": resource.namespaced,
        **other,
        "kind": gvk.kind,
        "verbs": list(subresource.verbs),
    }


def aggregated(catalog: Catalog, version: str, *, core: bool) -> Document:
    """An APIGroupDiscoveryList of the core group, or of all others."""
    groups = [""] if core else catalog.groups()
    items = [_aggregated_group(catalog, group) for group in groups]
    return {
        "kind": "APIGroupDiscoveryList",
        "apiVersion": f"apidiscovery.k8s.io/{version}",
        "metadata": {},
        "items": items,
    }


def _aggregated_group(catalog: Catalog, group: str) -> Document:
    versions = [
        {
            "version": version,
            "resources": [_aggregated(r) for r in catalog.in_version(group, version)],
            "freshness": "Current",
        }
        for version in catalog.versions(group)
    ]
    metadata = {"name": group, "creationTimestamp": None} if group else {"creationTimestamp": None}
    return {"metadata": metadata, "versions": versions}


def _aggregated(resource: Resource) -> Document:
    found: Document = {
        "resource": resource.plural,
        "responseKind": _kind(resource.gvk),
        "scope": "Namespaced" if resource.namespaced else "Cluster",
        "singularResource": resource.singular,
        "verbs": list(resource.verbs),
    }
    if resource.short_names:
        found["shortNames"] = list(resource.short_names)
    if resource.categories:
        found["categories"] = list(resource.categories)
    if resource.subresources:
        found["subresources"] = [
            {"subresource": s.name, "responseKind": _kind(s.gvk), "verbs": list(s.verbs)}
            for s in resource.subresources.values()
        ]
    return found


def _kind(gvk: tuple[str, str, str]) -> Document:
    group, version, kind = gvk
    return {"group": group, "version": version, "kind": kind}
