"""What can be asked of a resource, operation by operation."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from trueup.controlplane.discovery import parameters
from trueup.controlplane.discovery.definitions import builtin_name, list_name, name_of
from trueup.controlplane.discovery.operation import (
    META,
    TEXT,
    Operation,
    Place,
    names_of,
    one,
    root,
    title,
)
from trueup.controlplane.http.negotiation import ANY, JSON, STREAM, YAML
from trueup.controlplane.registry.patching import (
    APPLY_PATCH,
    JSON_PATCH,
    MERGE_PATCH,
    STRATEGIC_PATCH,
)
from trueup.controlplane.resources import Resource, Subresource
from trueup.objects import GroupVersionKind

_PATCHES = (APPLY_PATCH, JSON_PATCH, MERGE_PATCH)
_WITH_STRATEGIC = (*_PATCHES, STRATEGIC_PATCH)
"""kubectl takes the last of the patches to be offered, so kinds without it must not name it."""

_METHODS = {"get": "get", "create": "post", "update": "put", "patch": "patch", "delete": "delete"}
_WORDS = {
    "get": ("read", "read"),
    "create": ("create", "create"),
    "update": ("replace", "replace"),
    "patch": ("patch", "partially update"),
}
"""By verb: how the name of an operation begins, and its description."""


def operations(resource: Resource) -> Iterator[Place]:
    """All of them, by path."""
    return _Operations(resource).all()


class _Operations:
    def __init__(self, resource: Resource) -> None:
        self._resource = resource
        self._prefix, tag = names_of(resource.group, resource.version)
        self._is_custom = resource.custom is not None
        self._scope = "Namespaced" if resource.namespaced else ""
        self._around = frozenset({"pretty", "namespace"} if resource.namespaced else {"pretty"})
        self._takes = (JSON, YAML) if self._is_custom else (ANY,)
        self._made = partial(Operation, tag=tag, gvk=resource.gvk, takes=self._takes)

    def all(self) -> Iterator[Place]:
        resource = self._resource
        base = root(resource.group, resource.version)
        place = f"{base}/namespaces/{{namespace}}" if resource.namespaced else base
        collection = f"{place}/{resource.plural}"
        yield collection, self._on_collection()
        if "list" in resource.verbs and resource.namespaced:
            yield f"{base}/{resource.plural}", {"get": self._list_everywhere()}
        if "get" in resource.verbs:
            yield f"{collection}/{{name}}", self._on_object()
            for part in resource.subresources.values():
                yield from self._on_part(f"{collection}/{{name}}/{part.name}", part)
        if "watch" in resource.verbs and not self._is_custom:
            yield from self._watches(base, place)

    def _on_collection(self) -> dict[str, Operation]:
        every = {
            "list": ("get", self._list),
            "create": ("post", self._create),
            "deletecollection": ("delete", self._delete_collection),
        }
        own = self._resource.verbs
        return {method: make() for verb, (method, make) in every.items() if verb in own}

    def _on_object(self) -> dict[str, Operation]:
        resource, found = self._resource, {}
        for verb in ("get", "update", "patch"):
            if verb in resource.verbs:
                found[_METHODS[verb]] = self._on(verb, resource.gvk, name_of(resource))
        if "delete" in resource.verbs:
            found["delete"] = self._delete()
        return found

    def _list(self) -> Operation:
        is_streamed = not self._is_custom
        is_watched = is_streamed and "watch" in self._resource.verbs
        kind = self._resource.kind
        return self._made(
            f"list{self._prefix}{self._scope}{kind}",
            f"{'list or watch' if is_watched else 'list'} objects of kind {kind}",
            action="list",
            answer=list_name(self._resource),
            parameters=parameters.LIST | self._around,
            gives=(JSON, YAML, STREAM) if is_streamed else (JSON, YAML),
        )

    def _list_everywhere(self) -> Operation:
        listed = self._list()
        return self._made(
            f"list{self._prefix}{self._resource.kind}ForAllNamespaces",
            listed.text,
            action="list",
            answer=listed.answer,
            parameters=listed.parameters - {"namespace"},
            gives=listed.gives,
        )

    def _create(self) -> Operation:
        kind, definition = self._resource.kind, name_of(self._resource)
        return self._made(
            f"create{self._prefix}{self._scope}{kind}",
            f"create {one(kind)}",
            action="post",
            answer=definition,
            body=definition,
            parameters=parameters.WRITE | self._around,
            codes=(200, 201, 202),
        )

    def _delete_collection(self) -> Operation:
        kind = self._resource.kind
        own = parameters.LIST if self._is_custom else parameters.DELETE_COLLECTION
        return self._made(
            f"delete{self._prefix}Collection{self._scope}{kind}",
            f"delete collection of {kind}",
            action="deletecollection",
            answer=f"{META}.Status",
            body="" if self._is_custom else f"{META}.DeleteOptions",
            needs_body=False,
            parameters=own | self._around,
        )

    def _delete(self) -> Operation:
        resource = self._resource
        return self._made(
            f"delete{self._prefix}{self._scope}{resource.kind}",
            f"delete {one(resource.kind)}",
            action="delete",
            answer=name_of(resource) if resource.returns_deleted else f"{META}.Status",
            body=f"{META}.DeleteOptions",
            needs_body=False,
            parameters=parameters.DELETE | self._around | {"name"},
            codes=(200, 202),
        )

    def _on(self, verb: str, gvk: GroupVersionKind, definition: str, part: str = "") -> Operation:
        """A read or a write of an object, or of the ``part`` of it that speaks ``gvk``."""
        kind, (name, text) = self._resource.kind, _WORDS[verb]
        whose = one(kind) if verb == "create" else f"the specified {kind}"
        body = {"get": "", "patch": f"{META}.Patch"}.get(verb, definition)
        return self._made(
            f"{name}{self._prefix}{self._scope}{kind}{title(part)}",
            f"{text} {f'{part} of ' if part else ''}{whose}",
            action=_METHODS[verb],
            gvk=gvk,
            answer=definition,
            body=body,
            parameters=self._parameters(verb) | self._around | {"name"},
            codes=self._codes(verb),
            takes=self._patches() if verb == "patch" else self._takes,
        )

    def _parameters(self, verb: str) -> frozenset[str]:
        if verb == "get":
            return parameters.READ if self._is_custom else frozenset()
        return parameters.PATCH if verb == "patch" else parameters.WRITE

    def _codes(self, verb: str) -> tuple[int, ...]:
        if verb == "get" or (verb == "patch" and self._is_custom):
            return (200,)
        return (200, 201, 202) if verb == "create" else (200, 201)

    def _patches(self) -> tuple[str, ...]:
        return _PATCHES if self._is_custom else _WITH_STRATEGIC

    def _on_part(self, path: str, part: Subresource) -> Iterator[Place]:
        if part.name in parameters.CONNECT:
            yield path, self._connects(part)
            if part.name == "proxy":
                yield f"{path}/{{path}}", self._connects(part, "WithPath")
        elif part.name == "log":
            yield path, {"get": self._log()}
        else:
            resource = self._resource
            own = part.gvk == resource.gvk
            definition = name_of(resource) if own else builtin_name(part.gvk)
            gvk = resource.gvk if self._is_custom else part.gvk
            yield (
                path,
                {_METHODS[verb]: self._on(verb, gvk, definition, part.name) for verb in part.verbs},
            )

    def _connects(self, part: Subresource, suffix: str = "") -> dict[str, Operation]:
        methods = [_METHODS[verb] for verb in part.verbs]
        more = ["head", "options"] if part.name == "proxy" else []
        return {method: self._connect(method, part, suffix) for method in (*methods, *more)}

    def _connect(self, method: str, part: Subresource, suffix: str) -> Operation:
        name = f"{self._scope}{self._resource.kind}{title(part.name)}{suffix}"
        own = parameters.CONNECT[part.name] | (self._around - {"pretty"}) | {"name"}
        return self._made(
            f"connect{self._prefix}{title(method)}{name}",
            f"connect {method.upper()} requests to {part.name} of {self._resource.kind}",
            action="connect",
            gvk=part.gvk,
            parameters=own | {parameters.REST} if suffix else own,
            gives=(ANY,),
        )

    def _log(self) -> Operation:
        kind = self._resource.kind
        return self._made(
            f"read{self._prefix}{self._scope}{kind}Log",
            f"read log of the specified {kind}",
            action="get",
            parameters=parameters.LOG | self._around | {"name"},
            gives=(TEXT, JSON, YAML),
        )

    def _watches(self, base: str, place: str) -> Iterator[Place]:
        """The paths of old, from before there was a parameter for it."""
        kind, plural = self._resource.kind, self._resource.plural
        name = f"watch{self._prefix}{self._scope}{kind}"
        within = f"{base}/watch{place.removeprefix(base)}/{plural}"
        yield within, {"get": self._watch(f"{name}List", "watchlist", self._around)}
        if "get" in self._resource.verbs:
            own = self._around | {"name"}
            yield f"{within}/{{name}}", {"get": self._watch(name, "watch", own)}
        if self._resource.namespaced:
            name = f"watch{self._prefix}{kind}ListForAllNamespaces"
            found = self._watch(name, "watchlist", self._around - {"namespace"})
            yield f"{base}/watch/{plural}", {"get": found}

    def _watch(self, name: str, action: str, own: frozenset[str]) -> Operation:
        return self._made(
            name,
            f"watch objects of kind {self._resource.kind}; deprecated: list with the parameter watch",
            action=action,
            answer=f"{META}.WatchEvent",
            parameters=parameters.LIST | own,
            gives=(JSON, YAML, STREAM),
        )
