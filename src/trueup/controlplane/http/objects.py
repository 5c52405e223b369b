"""The verbs on stored objects: from a routed request to a response."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import replace
from typing import TypeAlias

import orjson

from trueup.controlplane.auth.user import User
from trueup.controlplane.http import bodies, deletion, options, reading
from trueup.controlplane.http.access import Access
from trueup.controlplane.http.message import Request, Response
from trueup.controlplane.http.negotiation import (
    JSON,
    STREAM,
    YAML,
    Representation,
    Shape,
    not_acceptable,
    representation,
    require_type,
)
from trueup.controlplane.http.parameters import is_true
from trueup.controlplane.http.render import Renderer
from trueup.controlplane.http.route import Route
from trueup.controlplane.http.status import failure, json_response, success
from trueup.controlplane.registry import refusals
from trueup.controlplane.registry.call import Call
from trueup.controlplane.registry.deleting import Deleted, DeleteOptions
from trueup.controlplane.registry.listing import Selection
from trueup.controlplane.registry.registry import Registry
from trueup.controlplane.registry.watching import Watcher
from trueup.controlplane.resources import Resource
from trueup.controlplane.store import Entry, Expired

_INCLUDABLE = ("", "Metadata", "Object", "None")
_INCLUDABLE_TEXT = "'Metadata', 'Object', 'None', or empty"

Handler: TypeAlias = Callable[["Exchange"], Awaitable[Response]]


class Exchange:
    """One request being answered: what was asked, and the means to render the answer.

    ``warnings`` go with the answer, whatever that is.
    """

    def __init__(
        self,
        request: Request,
        route: Route,
        user: User,
        resource: Resource,
        *,
        registry: Registry,
        access: Access,
    ) -> None:
        self.request = request
        self.route = route
        self.user = user
        self.resource = resource
        self.registry = registry
        self.access = access
        self.warnings: list[str] = []
        self.shape = _shape(request, route, resource)

    def require_shape(self, *, of_list: bool) -> None:
        """NotAcceptable where the metadata of one object are asked of a list, or the reverse."""
        wanted, kind = self.shape.of_list, self.resource.kind
        if wanted is None or wanted is of_list:
            return
        package = "core" if not self.resource.group else self.resource.group.partition(".")[0]
        if of_list:
            text = (
                f"PartialObjectMetadata, but the requested object is a list (*{package}.{kind}List)"
            )
        else:
            text = f"PartialObjectMetadataList, but the requested object is not a list (*{package}.{kind})"
        raise not_acceptable(f"you requested {text}")

    @property
    def renderer(self) -> Renderer:
        include = self.request.parameter("includeObject")
        if self.shape.shape is Shape.TABLE and include not in _INCLUDABLE:
            wrong = f'includeObject: Invalid value: "{include}": must be {_INCLUDABLE_TEXT}'
            raise refusals.bad_request(f"Unable to convert to Table as requested: {wrong}")
        return Renderer(self.registry.rules, self.resource, self.shape, include)

    def call(self, options_kind: str) -> Call:
        """The registry call of a write; ``options_kind`` names the options in refusals."""
        request = self.request
        return Call(
            resource=self.resource,
            user=self.user,
            namespace=self.route.namespace if self.resource.namespaced else "",
            name=self.route.name,
            subresource=self.route.subresource,
            dry_run=options.dry_run(request, options_kind),
            manager=options.field_manager(request, options_kind),
            field_validation=options.field_validation(request, options_kind),
            force=is_true(request, "force"),
            is_patch=request.method == "PATCH",
            doubts=bodies.doubts(request),
            options=options.shown(request),
            warnings=self.warnings,
        )

    def answer(self, entry: Entry, code: int = 200) -> Response:
        headers = {"content-type": self.shape.content_type}
        return Response(code, headers, self.renderer.one(entry))


def _shape(request: Request, route: Route, resource: Resource) -> Representation:
    """NotAcceptable; a custom resource says less about what there is."""
    if route.subresource in _CONNECTED:
        return Representation()
    accept, of_stream = request.headers.get("accept", ""), route.verb == "watch"
    if resource.custom is None:
        require_type(accept, _offered(route))
    return representation(accept, of_stream=of_stream)


_CONNECTED = ("attach", "exec", "portforward", "proxy")
"""Parts that answer whatever is behind them."""


def _offered(route: Route) -> tuple[str, ...]:
    if route.subresource == "log":
        return ("text/plain", JSON, YAML)
    return (JSON, YAML, STREAM) if route.verb in {"list", "watch"} else (JSON, YAML)


async def get(exchange: Exchange) -> Response:
    exchange.require_shape(of_list=False)
    exchange.registry.lister.require_reached(exchange.request.parameter("resourceVersion"))
    entry = exchange.registry.get(exchange.resource, exchange.route.namespace, exchange.route.name)
    return exchange.answer(entry)


async def list_objects(exchange: Exchange) -> Response:
    exchange.require_shape(of_list=True)
    found = exchange.registry.lister.list(
        exchange.resource, exchange.route.namespace, reading.list_options(exchange.request)
    )
    headers = {"content-type": exchange.shape.content_type}
    return Response(200, headers, exchange.renderer.page(found))


async def create(exchange: Exchange) -> Response:
    if exchange.route.name:
        raise refusals.method_not_allowed()
    call = exchange.call("CreateOptions")
    entry = await exchange.registry.writer.create(
        call, bodies.body_object(exchange.request, exchange.resource.kind)
    )
    return exchange.answer(entry, 201)


async def update(exchange: Exchange) -> Response:
    call = exchange.call("UpdateOptions")
    written = await exchange.registry.update(
        call, bodies.body_object(exchange.request, exchange.resource.kind)
    )
    return exchange.answer(written.entry, 201 if written.created else 200)


async def patch(exchange: Exchange) -> Response:
    call = exchange.call("PatchOptions")
    media_type = bodies.content_type(exchange.request)
    bodies.require_patchable(exchange.request, custom=exchange.resource.custom is not None)
    body = bodies.patch_body(exchange.request)
    patched = await exchange.registry.patcher.patch(call, media_type, body)
    return exchange.answer(patched.entry, 201 if patched.created else 200)


def _deletion(exchange: Exchange) -> tuple[Call, DeleteOptions]:
    call = exchange.call("DeleteOptions")
    call.dry_run = deletion.delete_is_dry(exchange.request)
    fields = deletion.delete_fields(exchange.request)
    call.options = {**call.options, **fields}
    return call, DeleteOptions.of(fields)


async def delete(exchange: Exchange) -> Response:
    call, wanted = _deletion(exchange)
    deleted = await exchange.registry.deleter.delete(call, wanted)
    if not deleted.gone or exchange.resource.returns_deleted:
        return exchange.answer(deleted.entry)
    return json_response(success(_deleted_details(exchange, deleted)))


def _deleted_details(exchange: Exchange, deleted: Deleted) -> dict[str, str]:
    resource = exchange.resource
    details = {"name": exchange.route.name, "group": resource.group, "kind": resource.plural}
    return {key: value for key, value in {**details, "uid": deleted.uid}.items() if value}


async def delete_collection(exchange: Exchange) -> Response:
    listed = reading.list_options(exchange.request)
    page = exchange.registry.lister.list(exchange.resource, exchange.route.namespace, listed)
    every, wanted = _deletion(exchange)
    for entry in page.entries:
        namespace, _, name = entry.key.rpartition("/")
        call = replace(every, namespace=namespace, name=name, of_collection=True)
        await exchange.registry.deleter.delete(call, wanted)
    headers = {"content-type": exchange.shape.content_type}
    return Response(200, headers, exchange.renderer.page(page))


async def watch(exchange: Exchange) -> Response:
    request = exchange.request
    selection = Selection(
        exchange.resource,
        exchange.route.namespace,
        request.parameter("labelSelector"),
        request.parameter("fieldSelector"),
    )
    headers = {"content-type": "application/json"}
    store = exchange.registry.store
    wanted = reading.watch_options(request)
    try:
        watcher = Watcher(store, exchange.resource, selection, wanted)
    except Expired as error:
        return Response(200, headers, _once(_expired_line(error)))
    return Response(200, headers, _stream(watcher, exchange.renderer))


def _expired_line(error: Expired) -> bytes:
    status = orjson.dumps(failure(refusals.expired(str(error))))
    return b'{"type":"ERROR","object":%s}\n' % status


async def _once(line: bytes) -> AsyncIterator[bytes]:
    yield line


async def _stream(watcher: Watcher, renderer: Renderer) -> AsyncIterator[bytes]:
    first = True
    async with aclosing(watcher.batches()) as batches:
        try:
            async for sightings in batches:
                yield renderer.lines(sightings, first)
                first = False
        except Expired as error:
            yield _expired_line(error)


VERBS: dict[str, Handler] = {
    "get": get,
    "list": list_objects,
    "watch": watch,
    "create": create,
    "update": update,
    "patch": patch,
    "delete": delete,
    "deletecollection": delete_collection,
}
