"""The paths of an OpenAPI document: what can be asked of a resource, and with which parameters."""

from __future__ import annotations

from typing import Any

from trueup.controlplane.discovery.schemas import Schemas
from trueup.controlplane.resources import Resource
from trueup.objects import GroupVersionKind

Node = dict[str, Any]

_JSON = "application/json"
_STRATEGIC = "application/strategic-merge-patch+json"
_PATCHES = (
    "application/apply-patch+yaml",
    "application/json-patch+json",
    "application/merge-patch+json",
    _STRATEGIC,
)
"""kubectl takes the last from here to be offered, so kinds without it must not name it."""

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
    return _Paths(resource, schemas).all()


class _Paths:
    def __init__(self, resource: Resource, schemas: Schemas) -> None:
        self._resource = resource
        self._schemas = schemas
        self._own = schemas.of_kind(resource)
        self._patches = [t for t in _PATCHES if t != _STRATEGIC or resource.custom is None]

    def all(self) -> dict[str, Node]:
        resource = self._resource
        root = f"/apis/{resource.group}/{resource.version}" if resource.group else "/api/v1"
        place = f"{root}/namespaces/{{namespace}}" if resource.namespaced else root
        found = {f"{place}/{resource.plural}": self._collection(resource.verbs)}
        if resource.namespaced and "list" in resource.verbs:
            found[f"{root}/{resource.plural}"] = self._collection(("list",))
        return {**found, **self._objects(f"{place}/{resource.plural}/{{name}}")}

    def _objects(self, path: str) -> dict[str, Node]:
        resource = self._resource
        verbs = tuple(verb for verb in resource.verbs if verb not in _COLLECTION)
        if not verbs:
            return {}
        found = {path: self._object(resource.gvk, verbs, self._own)}
        for name, subresource in resource.subresources.items():
            same = subresource.gvk == resource.gvk
            schema = self._own if same else self._schemas.of_builtin(subresource.gvk)
            found[f"{path}/{name}"] = self._object(subresource.gvk, subresource.verbs, schema)
        return found

    def _collection(self, verbs: tuple[str, ...]) -> Node:
        item: Node = {}
        for verb, (method, action, parameters) in _COLLECTION.items():
            if verb in verbs:
                listed = verb == "list"
                answer = self._schemas.of_list(self._resource) if listed else self._own
                body = self._own if verb == "create" else None
                item[method] = self._operation(self._resource.gvk, action, parameters, answer, body)
        if self._resource.namespaced and "create" in verbs:
            item["parameters"] = [_in_path("namespace")]
        return item

    def _object(self, gvk: GroupVersionKind, verbs: tuple[str, ...], schema: Node) -> Node:
        names = ("name", "namespace") if self._resource.namespaced else ("name",)
        item: Node = {"parameters": [_in_path(name) for name in names]}
        for verb, (method, action, parameters) in _OBJECT.items():
            if verb in verbs:
                body = schema if verb in {"update", "patch", "create"} else None
                item[method] = self._operation(gvk, action, parameters, schema, body)
        return item

    def _operation(
        self,
        gvk: GroupVersionKind,
        action: str,
        parameters: tuple[str, ...],
        answer: Node,
        body: Node | None,
    ) -> Node:
        found: Node = {
            "parameters": [_in_query(name) for name in parameters],
            "responses": {"200": {"description": "OK", "content": {_JSON: {"schema": answer}}}},
            "x-kubernetes-action": action,
            "x-kubernetes-group-version-kind": gvk._asdict(),
        }
        if body is not None:
            types = self._patches if action == "patch" else (_JSON, "application/yaml")
            found["requestBody"] = {"content": {kind: {"schema": body} for kind in types}}
        return found


def _in_query(name: str) -> Node:
    schema = {"type": _TYPES.get(name, "string"), "uniqueItems": True}
    return {"name": name, "in": "query", "schema": schema}


def _in_path(name: str) -> Node:
    schema = {"type": "string", "uniqueItems": True}
    return {"name": name, "in": "path", "required": True, "schema": schema}
