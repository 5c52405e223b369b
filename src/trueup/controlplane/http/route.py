"""A method and a path to what is asked for.

The grammar is that of https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-uris
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from trueup.controlplane.http.message import Request
from trueup.controlplane.http.parameters import is_true
from trueup.controlplane.registry.fields import selected_name
from trueup.controlplane.registry.selectors import field_terms
from trueup.errors import BadRequest

_VERBS = {"POST": "create", "PUT": "update", "PATCH": "patch"}
_NAMESPACE_SUBRESOURCES = ("status", "finalize")


@dataclass(frozen=True, slots=True)
class Route:
    """A resource request when ``resource`` is set; otherwise only ``verb`` and ``path`` count."""

    verb: str
    path: str
    group: str = ""
    version: str = ""
    resource: str = ""
    namespace: str = ""
    name: str = ""
    subresource: str = ""

    @property
    def is_resource(self) -> bool:
        return bool(self.resource)


def route(request: Request) -> Route:
    parts = [part for part in request.path.split("/") if part]
    plain = Route(request.method.lower(), request.path)
    match parts:
        case ["api", version, *rest] if rest:
            return _resource_route(request, "", version, rest)
        case ["apis", group, version, *rest] if rest:
            return _resource_route(request, group, version, rest)
    return plain


def _resource_route(request: Request, group: str, version: str, rest: list[str]) -> Route:
    namespace = ""
    if rest[0] == "watch" and len(rest) > 1:
        return _old_watch(request, group, version, rest[1:])
    if rest[0] == "namespaces" and len(rest) >= 2:
        namespace = rest[1]
        if len(rest) >= 3 and rest[2] not in _NAMESPACE_SUBRESOURCES:
            rest = rest[2:]
    resource, *tail = rest
    name = tail[0] if tail else ""
    subresource = "/".join(tail[1:2] if tail[1:2] == ["proxy"] else tail[1:])
    verb = _verb(request, name)
    if verb in {"list", "watch", "deletecollection"} and not name:
        name = _selected_name(request)
    return Route(verb, request.path, group, version, resource, namespace, name, subresource)


def _old_watch(request: Request, group: str, version: str, rest: list[str]) -> Route:
    """A watch as it was asked for before there was a parameter for it."""
    found = _resource_route(request, group, version, rest)
    if found.subresource or request.method != "GET":
        return Route(request.method.lower(), request.path)
    if found.name:
        request.query.append(("fieldSelector", f"metadata.name={found.name}"))
    return replace(found, verb="watch")


def _verb(request: Request, name: str) -> str:
    method = request.method
    if method in {"GET", "HEAD"}:
        if name:
            return "get"
        return "watch" if is_true(request, "watch") else "list"
    if method == "DELETE":
        return "delete" if name else "deletecollection"
    return _VERBS.get(method, method.lower())


def _selected_name(request: Request) -> str:
    """A list of one name counts as a request about that name, for authorization too."""
    try:
        return selected_name(field_terms(request.parameter("fieldSelector")))
    except BadRequest:
        return ""
