"""Which resources a server has: from group and kind to the path they are served at."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import quote

from trueup.errors import NotFound, Unavailable
from trueup.objects import GroupKind, Manifest

log = logging.getLogger(__name__)

AGGREGATED = ",".join(
    f"application/json;g=apidiscovery.k8s.io;v={version};as=APIGroupDiscoveryList"
    for version in ("v2", "v2beta1")
)


@dataclass(frozen=True, slots=True)
class Resource:
    """One served resource, as discovery lists it."""

    group: str
    version: str
    plural: str
    kind: str
    namespaced: bool
    verbs: frozenset[str] = frozenset()
    subresources: frozenset[str] = frozenset()

    def path(self, namespace: str = "", name: str = "", subresource: str = "") -> str:
        """The request path of the collection or, with ``name``, of one object."""
        root = f"/apis/{self.group}/{self.version}" if self.group else f"/api/{self.version}"
        place = f"/namespaces/{quote(namespace, safe='')}" if self.namespaced and namespace else ""
        tail = "".join(f"/{quote(part, safe=':')}" for part in (name, subresource) if part)
        return f"{root}{place}/{self.plural}{tail}"


class Catalogue:
    """Resources by group and kind; the server's preferred version comes first."""

    def __init__(self, resources: Iterable[Resource]) -> None:
        self._by_kind: dict[GroupKind, list[Resource]] = {}
        for resource in resources:
            key = GroupKind(resource.group, resource.kind)
            self._by_kind.setdefault(key, []).append(resource)

    def find(self, kind: GroupKind, version: str = "") -> Resource | None:
        """The resource in that version, or in the preferred one if ``version`` is empty."""
        served = self._by_kind.get(kind, ())
        return next((r for r in served if version in ("", r.version)), None)

    def __iter__(self) -> Iterator[Resource]:
        for served in self._by_kind.values():
            yield from served


def resources_from_aggregated(document: Mapping[str, Any]) -> Iterator[Resource]:
    """Resources of an APIGroupDiscoveryList (apidiscovery.k8s.io/v2)."""
    for group in document.get("items") or ():
        name = group.get("metadata", {}).get("name", "")
        for version in group.get("versions") or ():
            for resource in version.get("resources") or ():
                yield Resource(
                    group=name,
                    version=version["version"],
                    plural=resource["resource"],
                    kind=(resource.get("responseKind") or {}).get("kind", ""),
                    namespaced=resource.get("scope") == "Namespaced",
                    verbs=frozenset(resource.get("verbs") or ()),
                    subresources=frozenset(
                        sub["subresource"] for sub in resource.get("subresources") or ()
                    ),
                )


def resources_from_list(document: Mapping[str, Any]) -> Iterator[Resource]:
    """Resources of an APIResourceList, the form before aggregated discovery."""
    group, _, version = document.get("groupVersion", "").rpartition("/")
    listed = document.get("resources") or ()
    subresources: dict[str, set[str]] = {}
    for resource in listed:
        parent, _, sub = resource["name"].partition("/")
        if sub:
            subresources.setdefault(parent, set()).add(sub)
    for resource in listed:
        if "/" not in resource["name"]:
            yield Resource(
                group,
                version,
                resource["name"],
                resource["kind"],
                bool(resource.get("namespaced")),
                frozenset(resource.get("verbs") or ()),
                frozenset(subresources.get(resource["name"], ())),
            )


class GetRaw(Protocol):
    """Gets the document at a path."""

    async def __call__(self, path: str, *, accept: str = ...) -> Manifest: ...


async def discover(get: GetRaw) -> Catalogue:
    """Ask a server what it serves: in two requests, or of an older one group by group."""
    resources: list[Resource] = []
    for root in ("/api", "/apis"):
        document = await get(root, accept=f"{AGGREGATED},application/json")
        if document.get("kind") == "APIGroupDiscoveryList":
            resources += resources_from_aggregated(document)
        else:
            resources += await _discover_each(get, root, document)
    return Catalogue(resources)


async def _discover_each(get: GetRaw, root: str, document: Mapping[str, Any]) -> list[Resource]:
    paths = [f"{root}/{version}" for version in document.get("versions") or ()]
    for group in document.get("groups") or ():
        paths += [f"{root}/{version['groupVersion']}" for version in group["versions"]]
    found: list[Resource] = []
    for path in paths:
        try:
            found += resources_from_list(await get(path))
        except (NotFound, Unavailable) as error:  # an aggregated API that is down
            log.warning("no discovery of %s: %s", path, error)
    return found
