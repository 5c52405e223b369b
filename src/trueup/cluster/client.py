"""The client: Kubernetes verbs as methods, manifests in and out."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from copy import copy
from dataclasses import dataclass
from time import monotonic
from typing import Any, Literal

import orjson

from trueup.cluster import fence
from trueup.cluster.discovery import (
    AGGREGATED,
    Catalogue,
    Resource,
    resources_from_aggregated,
    resources_from_list,
)
from trueup.cluster.transport import Answer, Query, Transport, error_from_status
from trueup.errors import Gone, InputError, NotFound, Unavailable
from trueup.objects import GroupVersionKind, Manifest, ObjectRef

log = logging.getLogger(__name__)

PatchType = Literal["json", "merge", "strategic-merge", "apply"]

_REDISCOVER_SECONDS = 2.0
"""How often an unknown kind may cause a fresh discovery."""

_MOST_RETRIES = 10
_MOST_PATIENCE_SECONDS = 60

_MEDIA_TYPES: dict[PatchType, str] = {
    "json": "application/json-patch+json",
    "merge": "application/merge-patch+json",
    "strategic-merge": "application/strategic-merge-patch+json",
    "apply": "application/apply-patch+yaml",
}


@dataclass(frozen=True, slots=True)
class Listing:
    """The objects of one kind, and the resourceVersion that a watch goes on from."""

    items: list[Manifest]
    resource_version: str


@dataclass(frozen=True, slots=True)
class WatchEvent:
    """One change, with the object as it is after it."""

    type: Literal["ADDED", "MODIFIED", "DELETED", "BOOKMARK"]
    object: Manifest


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
    A request that the server turns away for now is sent again when the server says, up to ten
    times, unless it asks for more than a minute of patience.
    """

    def __init__(self, transport: Transport, *, impersonate: str = "") -> None:
        self._transport = transport
        self._headers: dict[str, str] = {"Impersonate-User": impersonate} if impersonate else {}
        self._served = _Served()
        self._may_send: Callable[[], bool] = lambda: True

    def impersonating(self, user: str) -> Client:
        """A client over the same transport that acts as ``user``; they share what they discover."""
        other = copy(self)
        other._headers = {"Impersonate-User": user}
        return other

    def fenced(self, may_send: Callable[[], bool]) -> Client:
        """A client over the same transport that sends nothing unless ``may_send`` says so.

        What it would have sent raises Unavailable instead.
        """
        other = copy(self)
        other._may_send = may_send
        return other

    def elsewhere(self, transport: Transport) -> Client:
        """A client of another server, behind the same fence."""
        return Client(transport).fenced(self._may_send)

    async def close(self) -> None:
        await self._transport.close()

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
        resources: list[Resource] = []
        for root in ("/api", "/apis"):
            document = await self.get_raw(root, accept=f"{AGGREGATED},application/json")
            if document.get("kind") == "APIGroupDiscoveryList":
                resources += resources_from_aggregated(document)
            else:
                resources += await self._discover_each(root, document)
        catalogue = Catalogue(resources)
        self._served.catalogue, self._served.since = catalogue, monotonic()
        return catalogue

    def forget_discovery(self) -> None:
        """Discover again at the next call: a definition was created or changed."""
        self._served.catalogue = None

    async def _discover_each(self, root: str, document: Mapping[str, Any]) -> list[Resource]:
        paths = [f"{root}/{version}" for version in document.get("versions") or ()]
        for group in document.get("groups") or ():
            paths += [f"{root}/{version['groupVersion']}" for version in group["versions"]]
        found: list[Resource] = []
        for path in paths:
            try:
                found += resources_from_list(await self.get_raw(path))
            except (NotFound, Unavailable) as error:  # an aggregated API that is down
                log.warning("no discovery of %s: %s", path, error)
        return found

    # Reading

    async def get(self, ref: ObjectRef, *, subresource: str = "") -> Manifest:
        path = await self._path(ref, subresource)
        return _object(await self._send("GET", path))

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
            page = _object(await self._send("GET", path, [*query, *onward]))
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
        headers = {**self._headers, "Accept": "application/json"}
        with fence.behind(self._may_send):
            fence.check()
        async with self._transport.stream(resource.path(namespace), query, headers) as lines:
            yield _events(lines)

    async def get_raw(self, path: str, *, accept: str = "application/json") -> Manifest:
        return _object(await self._send("GET", path, accept=accept))

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
        return _object(await self._send("POST", path, query, orjson.dumps(obj)))

    async def replace(
        self, obj: Manifest, *, field_manager: str, dry_run: bool = False, subresource: str = ""
    ) -> Manifest:
        """PUT ``obj``; with a resourceVersion in it, Conflict if the object has changed since."""
        path = await self._path(ObjectRef.of(obj), subresource)
        query = _write_query(field_manager, dry_run)
        return _object(await self._send("PUT", path, query, orjson.dumps(obj)))

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
        answer = await self._send("PATCH", path, query, orjson.dumps(obj), "apply")
        return Applied(_object(answer), created=answer.status == 201)

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
        return _object(await self._send("PATCH", path, query, orjson.dumps(patch), type))

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
        return _object(await self._send("DELETE", path, body=orjson.dumps(options)))

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

    async def _send(
        self,
        method: str,
        path: str,
        query: Query = (),
        body: bytes | None = None,
        patch: PatchType | None = None,
        *,
        accept: str = "application/json",
    ) -> Answer:
        headers = {**self._headers, "Accept": accept}
        if body is not None:
            headers["Content-Type"] = _MEDIA_TYPES[patch] if patch else "application/json"
        answer = await self._answer(method, path, query, headers, body)
        if answer.status >= 300:
            text = answer.body[:200].decode("utf-8", "replace")
            raise error_from_status(answer.status, _decode(answer.body), text)
        return answer

    async def _answer(
        self, method: str, path: str, query: Query, headers: Mapping[str, str], body: bytes | None
    ) -> Answer:
        for _ in range(_MOST_RETRIES):
            answer = await self._request(method, path, query, headers, body)
            wait = _seconds_to_wait(answer)
            if wait is None:
                return answer
            await asyncio.sleep(wait)
        return await self._request(method, path, query, headers, body)

    async def _request(
        self, method: str, path: str, query: Query, headers: Mapping[str, str], body: bytes | None
    ) -> Answer:
        with fence.behind(self._may_send):
            fence.check()
            return await self._transport.request(method, path, query, headers, body)


def _object(answer: Answer) -> Manifest:
    decoded = _decode(answer.body)
    if not isinstance(decoded, dict):
        text = answer.body[:100].decode("utf-8", "replace")
        raise Unavailable(f"the answer is not from a Kubernetes API server: {text!r}")
    return decoded


def _seconds_to_wait(answer: Answer) -> float | None:
    """How long the server asks to wait before the request is sent again; None: it does not.

    Only an answer that names a time says that the request was not begun.
    """
    if answer.status != 429 and answer.status < 500:
        return None
    asked = answer.headers.get("retry-after", "")
    if not asked.isdecimal() or int(asked) > _MOST_PATIENCE_SECONDS:
        return None
    return float(asked)


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


async def _events(lines: AsyncIterator[bytes]) -> AsyncIterator[WatchEvent]:
    async for line in lines:
        if not line:
            continue
        event = _decode(line)
        if not isinstance(event, dict) or not isinstance(event.get("object"), dict):
            raise Unavailable("the watch broke off within an event")
        if event["type"] == "ERROR":
            status = event["object"]
            raise error_from_status(int(status.get("code") or 500), status)
        yield WatchEvent(event["type"], event["object"])


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


def _decode(body: bytes) -> object:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
