"""The paths of an OpenAPI document: what can be asked of a resource, and with which parameters."""

from __future__ import annotations

from typing import Any

from trueup.controlplane.discovery.schemas import Schemas
from trueup.controlplane.resources import Resource
from trueup.objects import GroupVersionKind

Node = dict[str, Any]

_JSON = "application/json"
_PATCHES = (
    "application/apply-patch+yaml",
    "application/json-patch+json",
    "application/merge-patch+json",
    "application/strategic-merge-patch+json",
)
_WRITE = ("dryRun", "fieldManager", "fieldValidation")
_SELECT = ("labelSelector", "fieldSelector", "resourceVersion", "limit", "continue")
_DELETE = ("dryRun", "gracePeriodSeconds", "propagationPolicy")
_TYPES = {"force": "boolean", "watch": "boolean", "limit": "integer", "timeoutSeconds": "integer"}

_COLLECTION: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "list": ("get", "list", (*_SELECT, "watch", "allowWatchBookmarks", "timeoutSeconds")),
    "create": ("post", "post", _WRITE),
    "deletecollection": ("delete", "deletecollection", (*_SELECT, *_DELETE)),
}
_OBJECT: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "get": ("get", "get", ()),
    "update": ("put", "put", _WRITE),
    "patch": ("patch", "patch", (*_WRITE, "force")),
    "delete": ("delete", "delete", _DELETE),
    "create": ("post", "post", _WRITE),
}
"""By verb: the method, the action as ``x-kubernetes-action`` names it, and its parameters."""


def of(resource: Resource, schemas: Schemas) -> dict[str, Node]:
    """Path items by path."""
    root = f"/apis/{resource.group}/{resource.version}" if resource.group else "/api/v1"
    place = f"{root}/namespaces/{{namespace}}" if resource.namespaced else root
    own, listed = schemas.of_kind(resource), schemas.of_list(resource)
    verbs = resource.verbs
    found = {f"{place}/{resource.plural}": _collection(resource, verbs, own, listed)}
    if resource.namespaced and "list" in verbs:
        found[f"{root}/{resource.plural}"] = _collection(resource, ("list",), own, listed)
    single = tuple(verb for verb in verbs if verb not in _COLLECTION)
    if single:
        path = f"{place}/{resource.plural}/{{name}}"
        found[path] = _object(resource.gvk, single, own, resource.namespaced)
        for name, subresource in resource.subresources.items():
            schema = schemas.of_kind(resource)
            if subresource.gvk != resource.gvk:
                schema = schemas.of_builtin(subresource.gvk)
            found[f"{path}/{name}"] = _object(
                subresource.gvk, subresource.verbs, schema, resource.namespaced
            )
    return found


def _collection(resource: Resource, verbs: tuple[str, ...], own: Node, listed: Node) -> Node:
    item: Node = {}
    for verb, (method, action, parameters) in _COLLECTION.items():
        if verb in verbs:
            answer = listed if verb == "list" else own
            body = own if verb == "create" else None
            item[method] = _operation(resource.gvk, action, parameters, answer, body)
    if resource.namespaced and "create" in verbs:
        item["parameters"] = [_in_path("namespace")]
    return item


def _object(gvk: GroupVersionKind, verbs: tuple[str, ...], schema: Node, namespaced: bool) -> Node:
    names = ("name", "namespace") if namespaced else ("name",)
    item: Node = {"parameters": [_in_path(name) for name in names]}
    for verb, (method, action, parameters) in _OBJECT.items():
        if verb in verbs:
            body = schema if verb in {"update", "patch", "create"} else None
            item[method] = _operation(gvk, action, parameters, schema, body)
    return item


def _operation(
    gvk: GroupVersionKind, action: str, parameters: tuple[str, ...], answer: Node, body: Node | None
) -> Node:
    found: Node = {
        "parameters": [_in_query(name) for name in parameters],
        "responses": {"200": {"description": "OK", "content": {_JSON: {"schema": answer}}}},
        "x-kubernetes-action": action,
        "x-kubernetes-group-version-kind": gvk._asdict(),
    }
    if body is not None:
        types = _PATCHES if action == "patch" else (_JSON, "application/yaml")
        found["requestBody"] = {"content": {kind: {"schema": body} for kind in types}}
    return found


def _in_query(name: str) -> Node:
    schema = {"type": _TYPES.get(name, "string"), "uniqueItems": True}
    return {"name": name, "in": "query", "schema": schema}


def _in_path(name: str) -> Node:
    schema = {"type": "string", "uniqueItems": True}
    return {"name": name, "in": "path", "required": True, "schema": schema}
