"""The definitions of an OpenAPI document: those that its paths name, and all that these refer to.

They are OpenAPI v3's schemas here; ``swagger`` makes v2's of them.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable
from functools import partial
from typing import Any

from trueup.controlplane.discovery.operation import META, Node
from trueup.controlplane.resources import Resource
from trueup.objects import GroupVersionKind
from trueup.schema.builtin import definitions, descriptions, kinds, published

PREFIX = "#/components/schemas/"
KINDS = "x-kubernetes-group-version-kind"
_CONVENTIONS = "https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md"
_API_VERSION = (
    "The version of the schema that this object is written in; servers may refuse versions that"
    f" they do not know. More info: {_CONVENTIONS}#resources"
)
_KIND = (
    "The resource that this object represents, in CamelCase; cannot be updated."
    f" More info: {_CONVENTIONS}#types-kinds"
)
_TYPE_FIELDS: dict[str, Node] = {
    "apiVersion": {"type": "string", "description": _API_VERSION},
    "kind": {"type": "string", "description": _KIND},
}


class Definitions:
    """Collects definitions; ``reference`` asks for one, ``all`` gives everything asked for.

    Those of ``resources`` that are custom are known besides the built-in ones. Kinds that every
    version has are told as those of ``versions``, if only some are of interest.
    """

    def __init__(
        self,
        resources: Iterable[Resource] = (),
        versions: Container[tuple[str, str]] | None = None,
    ) -> None:
        self._versions = versions
        self._found: dict[str, Node] = {}
        self._custom: dict[str, Callable[[], Node]] = {}
        for resource in resources:
            if resource.custom is not None:
                self._custom[name_of(resource)] = partial(self._custom_kind, resource)
                self._custom[list_name(resource)] = partial(self._custom_list, resource)

    def all(self) -> dict[str, Node]:
        return dict(sorted(self._found.items()))

    def reference(self, name: str) -> Node:
        """``{"$ref": …}`` to a definition, which comes along with all that it refers to."""
        if name not in self._found:
            self._found[name] = {}
            self._found[name] = self._custom.get(name, partial(self._definition, name))()
        return {"$ref": PREFIX + name}

    def _definition(self, name: str) -> Node:
        texts, more = descriptions().get(name, {}), published().get(name, {})

        def told(field: str, node: Any) -> Node:
            text = {"description": texts[field]} if field in texts else {}
            return _joined({**text, **node}, more.get(field, {}))

        node = told("", definitions()[name])
        if properties := node.get("properties"):
            node["properties"] = {field: told(field, below) for field, below in properties.items()}
        if len(known := node.get(KINDS, ())) > 1 and self._versions is not None:
            node[KINDS] = [
                kind for kind in known if (kind["group"], kind["version"]) in self._versions
            ]
        found: Node = self._resolved(node)
        return found

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

    def _custom_kind(self, resource: Resource) -> Node:
        assert resource.custom is not None
        declared = (resource.custom.version.get("schema") or {}).get("openAPIV3Schema") or {}
        node = self._completed({**declared, "type": "object"})
        node["properties"] = {**(node.get("properties") or {}), **self._object_fields()}
        node[KINDS] = [resource.gvk._asdict()]
        if fields := resource.custom.selectable_fields:
            node["x-kubernetes-selectable-fields"] = [{"fieldPath": field} for field in fields]
        return node

    def _object_fields(self) -> dict[str, Node]:
        text = f"Standard object's metadata. More info: {_CONVENTIONS}#metadata"
        reference = self.reference(f"{META}.ObjectMeta")
        return {**_TYPE_FIELDS, "metadata": {"allOf": [reference], "description": text}}

    def _completed(self, node: Node) -> Node:
        """``node`` of a custom kind, with what goes without saying in its definition."""
        found = dict(node)
        if node.get("x-kubernetes-int-or-string") and not node.keys() & {"anyOf", "allOf"}:
            found["anyOf"] = [{"type": "integer"}, {"type": "string"}]
        if node.get("properties"):
            found["properties"] = {
                name: self._completed(below) for name, below in node["properties"].items()
            }
        for name in ("items", "additionalProperties"):
            if isinstance(node.get(name), dict):
                found[name] = self._completed(node[name])
        return self._embedding(found) if node.get("x-kubernetes-embedded-resource") else found

    def _embedding(self, node: Node) -> Node:
        needed = list(dict.fromkeys([*(node.get("required") or ()), "kind", "apiVersion"]))
        fields = {**(node.get("properties") or {}), **self._object_fields()}
        return {**node, "required": needed, "properties": fields}

    def _custom_list(self, resource: Resource) -> Node:
        gvk = resource.gvk._replace(kind=resource.list_name)
        return {
            "type": "object",
            "description": f"{gvk.kind} is a list of {resource.kind}",
            "required": ["items"],
            "properties": {
                **_TYPE_FIELDS,
                "metadata": {"allOf": [self.reference(f"{META}.ListMeta")]},
                "items": {"type": "array", "items": self.reference(name_of(resource))},
            },
            KINDS: [gvk._asdict()],
        }


def name_of(resource: Resource) -> str:
    """``com.example.v1.Widget`` for the kind Widget of example.com."""
    if resource.custom is None:
        return builtin_name(resource.gvk)
    reversed_group = ".".join(reversed(resource.group.split(".")))
    return f"{reversed_group}.{resource.version}.{resource.kind}"


def list_name(resource: Resource) -> str:
    if resource.custom is None:
        return builtin_name(resource.gvk._replace(kind=resource.list_name))
    return f"{name_of(resource).rpartition('.')[0]}.{resource.list_name}"


def builtin_name(gvk: GroupVersionKind) -> str:
    return kinds()[gvk]


def _joined(node: Any, more: Any) -> Node:
    """``more`` over ``node``, level by level."""
    below = {key: _joined(node.get(key, {}), v) for key, v in more.items() if isinstance(v, dict)}
    return {**node, **more, **below}
