"""The client: Kubernetes verbs as methods, manifests in and out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from copy import copy
from dataclasses import dataclass, replace
from time import monotonic
from typing import Any, Literal

import orjson

from trueup.cluster.discovery import Catalogue, Resource, discover
from trueup.cluster.sending import PatchType, Sender, WatchEvent, decoded
from trueup.cluster.transport import Query, Transport
from trueup.errors import Gone, InputError, NotFound
from trueup.objects import GroupVersionKind, Manifest, ObjectRef

_REDISCOVER_SECONDS = 2.0
"""How often an unknown kind may cause a fresh discovery."""


@dataclass(frozen=True, slots=True)
class Listing:
    """The objects of one kind, and the resourceVersion that a watch goes on from."""

    items: list[Manifest]
    resource_version: str


@dataclass(frozen=True, slots=True)
class Applied:
    """The server's answer to an apply: the object as it is now, and whether it is new."""

    object: Manifest
    created: bool


@dataclass
class _Served:
    """What the server serves, as of ``since`` on the steady clock."""

    catalogue: Catalogue | None = None
    since: float = 0.0


class Client:
    """Speaks to one API server. All methods raise ApiError subclasses for refusals.

    ``impersonate`` is sent with each request as ``Impersonate-User``, as
    https://kubernetes.io/docs/reference/access-authn-authz/authentication/#user-impersonation
    """

    def __init__(self, transport: Transport, *, impersonate: str = "") -> None:
        self._sender = Sender(transport, {"Impersonate-User": impersonate} if impersonate else {})
        self._served = _Served()

    def impersonating(self, user: str) -> Client:
        """A client over the same transport that acts as ``user``; they share what they discover."""
        other = copy(self)
        other._sender = replace(self._sender, headers={"Impersonate-User": user})
        return other

    def fenced(self, may_send: Callable[[], bool]) -> Client:
        """A client over the same transport that sends nothing unless ``may_send`` says so.

        What it would have sent raises Unavailable instead.
        """
        other = copy(self)
        other._sender = replace(self._sender, may_send=may_send)
        return other

    def elsewhere(self, transport: Transport) -> Client:
        """A client of another server, behind the same fence."""
        return Client(transport).fenced(self._sender.may_send)

    async def close(self) -> None:
        await self._sender.transport.close()

    # Discovery

    async def resource(self, gvk: GroupVersionKind) -> Resource:
        """Where ``gvk`` is served; NotFound if the server does not know it.

        An empty version means the preferred one. An unknown kind is looked up afresh, since
        its definition may just have been created.
        """
        catalogue = self._served.catalogue or await self.discover()
        found = catalogue.find(gvk.group_kind, gvk.version)
        if found is None and monotonic() - self._served.since > _REDISCOVER_SECONDS:
            found = (await self.discover()).find(gvk.group_kind, gvk.version)
        if found is None:
            raise NotFound(
                f'no matches for kind "{gvk.kind}" in version "{gvk.api_version}"',
                reason="NoKindMatch",
            )
        return found

    async def discover(self) -> Catalogue:
        """Ask the server afresh what it serves."""
        catalogue = await discover(self.get_raw)
        self._served.catalogue, self._served.since = catalogue, monotonic()
        return catalogue

    def forget_discovery(self) -> None:
        """Discover again at the next call: a definition was created or changed."""
        self._served.catalogue = None

    # Reading

    async def get(self, ref: ObjectRef, *, subresource: str = "") -> Manifest:
        path = await self._path(ref, subresource)
        return decoded(await self._sender.send("GET", path))

    async def find(self, ref: ObjectRef) -> Manifest | None:
        """As ``get``, but None if the object or its kind does not exist."""
        try:
            return await self.get(ref)
        except NotFound:
            return None

    async def list(
        self,
        gvk: GroupVersionKind,
        namespace: str = "",
        *,
        label_selector: str = "",
        field_selector: str = "",
        page_size: int = 500,
    ) -> Listing:
        """All objects, fetched page by page; items carry apiVersion and kind."""
        resource = await self._collection(gvk, namespace)
        query = _selectors(label_selector, field_selector)
        path = resource.path(namespace)
        try:
            return await self._pages(resource, path, [*query, ("limit", str(page_size))])
        except Gone:  # the pages took longer than the server remembers: all in one answer
            return await self._pages(resource, path, query)

    async def _pages(self, resource: Resource, path: str, query: Query) -> Listing:
        items: list[Manifest] = []
        token = version = ""
        api_version = f"{resource.group}/{resource.version}".lstrip("/")
        typed = {"apiVersion": api_version, "kind": resource.kind}
        while True:
            onward = [("continue", token)] if token else []
            page = decoded(await self._sender.send("GET", path, [*query, *onward]))
            items += [{**typed, **item} for item in page.get("items") or ()]
            # A watch must start where the first page was read, or it misses what came since.
            version = version or page["metadata"].get("resourceVersion", "")
            token = page["metadata"].get("continue") or ""
            if not token:
                return Listing(items, version)

    @asynccontextmanager
    async def watch(
        self,
        gvk: GroupVersionKind,
        namespace: str = "",
        *,
        resource_version: str,
        label_selector: str = "",
        field_selector: str = "",
    ) -> AsyncIterator[AsyncIterator[WatchEvent]]:
        """Events since ``resource_version``; raises Gone when that has expired.

        Use as ``async with client.watch(...) as events: async for event in events``.
        """
        resource = await self._collection(gvk, namespace)
        query = _selectors(label_selector, field_selector)
        query += [
            ("watch", "true"),
            ("allowWatchBookmarks", "true"),
            ("resourceVersion", resource_version),
        ]
        async with self._sender.events(resource.path(namespace), query) as events:
            yield events

    async def get_raw(self, path: str, *, accept: str = "application/json") -> Manifest:
        return decoded(await self._sender.send("GET", path, accept=accept))

    # Writing

    async def create(
        self,
        obj: Manifest,
        *,
        field_manager: str,
        dry_run: bool = False,
        subresource: str = "",
        of: ObjectRef | None = None,
    ) -> Manifest:
        """POST ``obj``; ``of``: whose subresource it is, where that is of another kind."""
        ref = of or (ObjectRef.of(obj) if subresource else _collection_ref(obj))
        path = await self._path(ref, subresource)
        query = _write_query(field_manager, dry_run)
        return decoded(await self._sender.send("POST", path, query, orjson.dumps(obj)))

    async def replace(
        self, obj: Manifest, *, field_manager: str, dry_run: bool = False, subresource: str = ""
    ) -> Manifest:
        """PUT ``obj``; with a resourceVersion in it, Conflict if the object has changed since."""
        path = await self._path(ObjectRef.of(obj), subresource)
        query = _write_query(field_manager, dry_run)
        return decoded(await self._sender.send("PUT", path, query, orjson.dumps(obj)))

    async def apply(
        self,
        obj: Manifest,
        *,
        field_manager: str,
        force: bool = False,
        dry_run: bool = False,
        subresource: str = "",
    ) -> Applied:
        """Server-side apply; Conflict names the other managers unless ``force``."""
        path = await self._path(ObjectRef.of(obj), subresource)
        query = _write_query(field_manager, dry_run)
        query.append(("force", "true" if force else "false"))
        answer = await self._sender.send("PATCH", path, query, orjson.dumps(obj), "apply")
        return Applied(decoded(answer), created=answer.status == 201)

    async def patch(
        self,
        ref: ObjectRef,
        patch: Any,
        *,
        type: PatchType = "merge",  # noqa: A002 - the API's own word
        field_manager: str,
        dry_run: bool = False,
        subresource: str = "",
    ) -> Manifest:
        path = await self._path(ref, subresource)
        query = _write_query(field_manager, dry_run)
        return decoded(await self._sender.send("PATCH", path, query, orjson.dumps(patch), type))

    async def delete(
        self,
        ref: ObjectRef,
        *,
        propagation: Literal["Background", "Foreground", "Orphan"] = "Background",
        uid: str = "",
        resource_version: str = "",
        grace: int | None = None,
        dry_run: bool = False,
    ) -> Manifest:
        """Ask for deletion; with ``uid``, Conflict if the object is another one by now.

        ``grace`` in seconds; None leaves it to the object. Returns what the server answers: the
        object while it is on its way out, or a Status.
        """
        path = await self._path(ref)
        conditions = {"uid": uid, "resourceVersion": resource_version}
        options: Manifest = {
            "apiVersion": "v1",
            "kind": "DeleteOptions",
            "propagationPolicy": propagation,
        }
        if preconditions := {key: value for key, value in conditions.items() if value}:
            options["preconditions"] = preconditions
        if grace is not None:
            options["gracePeriodSeconds"] = grace
        if dry_run:
            options["dryRun"] = ["All"]
        return decoded(await self._sender.send("DELETE", path, body=orjson.dumps(options)))

    # Plumbing

    async def _collection(self, gvk: GroupVersionKind, namespace: str) -> Resource:
        _require_path_segment(namespace, ObjectRef(gvk.group, gvk.kind, namespace, "", gvk.version))
        return await self.resource(gvk)

    async def _path(self, ref: ObjectRef, subresource: str = "") -> str:
        _require_path_segment(ref.name, ref)
        _require_path_segment(ref.namespace, ref)
        resource = await self.resource(ref.gvk)
        if resource.namespaced and not ref.namespace:
            raise InputError(
                "namespace not specified", subject=str(ref), next_step="set metadata.namespace"
            )
        return resource.path(ref.namespace, ref.name, subresource)


def _require_path_segment(name: str, ref: ObjectRef) -> None:
    """Refuse what would make the request one for something else; the rest is the server's."""
    if name in (".", ".."):
        problem = f"may not be {name!r}"
    elif found := next((character for character in "/%" if character in name), ""):
        problem = f"may not contain {found!r}"
    else:
        return
    raise InputError(
        f"invalid name {name!r}: {problem}", subject=str(ref), next_step="choose another name"
    )


def _collection_ref(obj: Manifest) -> ObjectRef:
    """Where to POST ``obj``: its name, if it has one already, is not part of the path."""
    gvk = GroupVersionKind.of(str(obj.get("apiVersion", "")), str(obj.get("kind", "")))
    namespace = str((obj.get("metadata") or {}).get("namespace") or "")
    return ObjectRef(gvk.group, gvk.kind, namespace, "", gvk.version)


def _selectors(labels: str, fields: str) -> list[tuple[str, str]]:
    pairs = (("labelSelector", labels), ("fieldSelector", fields))
    return [(key, value) for key, value in pairs if value]


def _write_query(field_manager: str, dry_run: bool) -> list[tuple[str, str]]:
    query = [("fieldManager", field_manager)]
    return [*query, ("dryRun", "All")] if dry_run else query
