"""One operation, as any version of OpenAPI tells it, and how operations are named.

The names are those by which kube-apiserver's are known to generated clients.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from http import HTTPStatus
from typing import Any, TypeAlias

from trueup.controlplane.http.issuer import CONFIGURATION, KEY_SET, KEYS
from trueup.controlplane.http.negotiation import ANY, JSON, YAML
from trueup.objects import GroupVersionKind

TEXT = "text/plain"
META = "io.k8s.apimachinery.pkg.apis.meta.v1"


Node = dict[str, Any]
"""Of a document."""


@dataclass(frozen=True, slots=True)
class Operation:
    """``body`` and ``answer`` name definitions; no answer is a text, no body is none.

    ``takes`` and ``gives`` are media types, ``codes`` those of success.
    """

    id: str
    text: str
    tag: str
    answer: str = ""
    action: str = ""
    gvk: GroupVersionKind | None = None
    parameters: frozenset[str] = frozenset()
    body: str = ""
    needs_body: bool = True
    takes: tuple[str, ...] = (ANY,)
    gives: tuple[str, ...] = (JSON, YAML)
    codes: tuple[int, ...] = (200,)


TOKEN = {
    "type": "apiKey",
    "name": "authorization",
    "in": "header",
    "description": "Bearer Token authentication",
}
"""How who asks is told."""

Place: TypeAlias = tuple[str, Mapping[str, Operation]]
"""A path, and by method what can be done there."""


def of_version(group: str, version: str) -> Place:
    """What tells the resources of a version."""
    prefix, tag = names_of(group, version)
    name = f"get{prefix}APIResources"
    return _told(
        f"{root(group, version)}/", name, "get available resources", tag, "APIResourceList"
    )


def of_no_version(groups: Iterable[str]) -> Iterator[Place]:
    """What tells the groups, the versions of each, and who answers."""
    text = "get available API versions"
    yield _told("/api/", "getCoreAPIVersions", text, "core", "APIVersions")
    yield _told("/apis/", "getAPIVersions", text, "apis", "APIGroupList")
    for group in groups:
        prefix, tag = names_of(group)
        name = f"get{prefix}APIGroup"
        yield _told(f"/apis/{group}/", name, "get information of a group", tag, "APIGroup")
    yield "/version/", {"get": _VERSION}
    yield f"{CONFIGURATION}/", {"get": _ISSUER}
    yield f"{KEYS}/", {"get": _ISSUER_KEYS}


def _told(path: str, name: str, text: str, tag: str, answer: str) -> Place:
    return path, {"get": Operation(name, text, tag, f"{META}.{answer}", takes=(JSON, YAML))}


def names_of(group: str, version: str = "") -> tuple[str, str]:
    """``RbacAuthorizationV1`` and ``rbacAuthorization_v1``, for operations and for tags.

    Without a version, those of the group.
    """
    words = (group or "core").removesuffix(".k8s.io").replace("-", ".").split(".")
    name = "".join(map(title, words))
    tag = name[0].lower() + name[1:]
    return name + title(version), f"{tag}_{version}" if version else tag


def title(word: str) -> str:
    return word[:1].upper() + word[1:]


def root(group: str, version: str) -> str:
    return f"/apis/{group}/{version}" if group else f"/api/{version}"


_VERSION = Operation(
    "getCodeVersion",
    "get the version of this server",
    "version",
    "io.k8s.apimachinery.pkg.version.Info",
    takes=(JSON,),
    gives=(JSON,),
)
_ISSUER = Operation(
    "getServiceAccountIssuerOpenIDConfiguration",
    "get what describes the issuer of service account tokens",
    "WellKnown",
    takes=(),
    gives=(JSON,),
)
_ISSUER_KEYS = Operation(
    "getServiceAccountIssuerOpenIDKeyset",
    "get the public keys that verify service account tokens",
    "openid",
    takes=(),
    gives=(KEY_SET,),
)


def one(kind: str) -> str:
    """``a Pod``, ``an Event``, ``Endpoints``."""
    if kind.endswith("s") and not kind.endswith("ss"):
        return kind
    return f"an {kind}" if kind[0] in "AEIOU" else f"a {kind}"


def told_once(
    found: Mapping[str, Operation],
    operation: Callable[[Operation, frozenset[str]], Node],
    parameters: Callable[[frozenset[str]], list[Node]],
) -> Node:
    """All that can be done at a path; what each operation takes is said of the path.

    ``operation`` tells one with the parameters that are its own, ``parameters`` tells some.
    """
    common = reduce(frozenset.intersection, [each.parameters for each in found.values()])
    item: Node = {
        method: operation(each, each.parameters - common) for method, each in found.items()
    }
    return {**item, "parameters": parameters(common)} if common else item


def responses(operation: Operation, answer: Node) -> Node:
    """By code; ``answer`` is what those of success hold besides."""
    found: Node = {
        str(code): {"description": HTTPStatus(code).phrase, **answer} for code in operation.codes
    }
    return {**found, "401": {"description": "Unauthorized"}}


def extensions(operation: Operation) -> Node:
    """What Kubernetes adds to OpenAPI."""
    if operation.gvk is None:
        return {}
    return {
        "x-kubernetes-action": operation.action,
        "x-kubernetes-group-version-kind": operation.gvk._asdict(),
    }
