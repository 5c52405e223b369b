"""The schemas of an OpenAPI document: those that its paths name, and all that these refer to."""

from __future__ import annotations

from typing import Any

from trueup.controlplane.resources import Resource
from trueup.objects import GroupVersionKind
from trueup.schema.builtin import definitions, descriptions, kinds

Node = dict[str, Any]

_PREFIX = "#/components/schemas/"
_META = "io.k8s.apimachinery.pkg.apis.meta.v1"
_CONVENTIONS = "https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md"
_API_VERSION = (
    "The version of the schema that this object is written in; servers may refuse versions that"
    f" they do not know. More info: {_CONVENTIONS}#resources"
)
_KIND = (
    "The resource that this object represents, in CamelCase; cannot be updated."
    f" More info: {_CONVENTIONS}#types-kinds"
)


class Schemas:
    """Collects schemas; ``reference`` asks for one, ``all`` gives everything asked for."""

    def __init__(self) -> None:
        self._found: dict[str, Node] = {}

    def all(self) -> dict[str, Node]:
        return dict(sorted(self._found.items()))

    def of_kind(self, resource: Resource) -> Node:
        """A reference to the schema of the resource's own kind."""
        if resource.custom is None:
            return self.of_builtin(resource.gvk)
        name = _custom_name(resource)
        if name not in self._found:
            self._found[name] = self._custom(resource)
        return {"$ref": _PREFIX + name}

    def of_list(self, resource: Resource) -> Node:
        """A reference to the schema of lists of the resource."""
        gvk = resource.gvk._replace(kind=resource.list_name)
        if resource.custom is None:
            return self.of_builtin(gvk)
        name = f"{_custom_name(resource)}List"
        self._found[name] = self._custom_list(resource, gvk)
        return {"$ref": _PREFIX + name}

    def of_builtin(self, gvk: GroupVersionKind) -> Node:
        return self.reference(kinds().get(gvk) or f"{_META}.Status")

    def of_meta(self, kind: str) -> Node:
        return self.reference(f"{_META}.{kind}")

    def reference(self, name: str) -> Node:
        """``{"$ref": …}`` to a definition, which comes along with all that it refers to."""
        if name not in self._found:
            self._found[name] = {}
            self._found[name] = self._definition(name)
        return {"$ref": _PREFIX + name}

    def _definition(self, name: str) -> Node:
        texts = descriptions().get(name, {})
        node = self._resolved(definitions()[name])
        if texts.get(""):
            node = {"description": texts[""], **node}
        properties = node.get("properties", {})
        node_properties = {
            field: {"description": texts[field], **below} if texts.get(field) else below
            for field, below in properties.items()
        }
        return {**node, "properties": node_properties} if properties else node

    def _resolved(self, node: Any) -> Any:
        """``node`` with references as addresses; what stands beside one moves around it."""
        if isinstance(node, list):
            return [self._resolved(item) for item in node]
        if not isinstance(node, dict):
            return node
        below = {key: self._resolved(value) for key, value in node.items() if key != "$ref"}
        if not isinstance(node.get("$ref"), str):
            return below if "$ref" not in node else {**below, "$ref": self._resolved(node["$ref"])}
        reference = self.reference(node["$ref"])
        return {"allOf": [reference], **below} if below else reference

    def _custom(self, resource: Resource) -> Node:
        assert resource.custom is not None
        declared = (resource.custom.version.get("schema") or {}).get("openAPIV3Schema") or {}
        node = {**declared, "type": "object", "x-kubernetes-group-version-kind": [_gvk(resource)]}
        node["properties"] = {
            **(declared.get("properties") or {}),
            "apiVersion": {"type": "string", "description": _API_VERSION},
            "kind": {"type": "string", "description": _KIND},
            "metadata": {
                "allOf": [self.of_meta("ObjectMeta")],
                "description": f"Standard object's metadata. More info: {_CONVENTIONS}#metadata",
            },
        }
        return node

    def _custom_list(self, resource: Resource, gvk: GroupVersionKind) -> Node:
        return {
            "type": "object",
            "description": f"{gvk.kind} is a list of {resource.kind}",
            "required": ["items"],
            "properties": {
                "apiVersion": {"type": "string", "description": _API_VERSION},
                "kind": {"type": "string", "description": _KIND},
                "metadata": {"allOf": [self.of_meta("ListMeta")]},
                "items": {"type": "array", "items": self.of_kind(resource)},
            },
            "x-kubernetes-group-version-kind": [gvk._asdict()],
        }


def _gvk(resource: Resource) -> dict[str, str]:
    return resource.gvk._asdict()


def _custom_name(resource: Resource) -> str:
    """``com.example.v1.Widget`` for the kind Widget of example.com."""
    reversed_group = ".".join(reversed(resource.group.split(".")))
    return f"{reversed_group}.{resource.version}.{resource.kind}"
