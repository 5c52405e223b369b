"""The whole API server as one function: from Request to Response."""

from __future__ import annotations

import logging

from trueup.controlplane.auth.user import MASTERS, User
from trueup.controlplane.discovery.server import Discovery
from trueup.controlplane.http import issuer, objects, reviews, subresources
from trueup.controlplane.http.access import Access
from trueup.controlplane.http.message import Request, Response
from trueup.controlplane.http.route import Route, route
from trueup.controlplane.http.status import failure_response, page_not_found
from trueup.controlplane.http.warnings import bounded
from trueup.controlplane.registry import refusals
from trueup.controlplane.registry.registry import Registry
from trueup.controlplane.resources import Resource
from trueup.errors import ApiError

_UNSTORED = {**reviews.HANDLERS, "/bindings": subresources.create_binding}
"""By bucket: kinds that are answered at once, and never stored."""

_DEPRECATED = {
    "/componentstatuses": "v1 ComponentStatus is deprecated in v1.19+",
    "/endpoints": "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice",
}
"""By bucket, what clients are warned of."""

_NAMED_VERBS = ("update", "patch", "delete")

_log = logging.getLogger(__name__)


class Server:
    """Authenticates, authorizes, then hands the request to whoever answers its path."""

    def __init__(self, registry: Registry, discovery: Discovery, access: Access) -> None:
        self._registry = registry
        self._discovery = discovery
        self._access = access

    async def handle(self, request: Request) -> Response:
        """Never raises: what goes wrong is a Status in the response."""
        try:
            return await self._answer(request)
        except ApiError as error:
            return failure_response(error, request.headers.get("accept", ""))
        except Exception as error:
            _log.exception("%s %s failed", request.method, request.path)
            return failure_response(refusals.internal(str(error)))

    async def _answer(self, request: Request) -> Response:
        asked = route(request)
        user = self._access.admitted_user(request, asked)
        if request.path in issuer.PATHS:
            return issuer.answer(request, self._access.signer)
        if not asked.is_resource:
            return self._discovery.answer(request)
        return await self._answer_resource(request, asked, user)

    async def _answer_resource(self, request: Request, asked: Route, user: User) -> Response:
        resource = self._registry.catalog.find(asked.group, asked.version, asked.resource)
        if resource is None or _is_misplaced(asked, resource):
            if asked.group in self._registry.catalog.builtin_groups:
                raise refusals.no_such_resource()
            return page_not_found()
        exchange = objects.Exchange(
            request, asked, user, resource, registry=self._registry, access=self._access
        )
        if resource.bucket in _DEPRECATED:
            exchange.warnings.append(_DEPRECATED[resource.bucket])
        try:
            response = await self._answer_exchange(exchange)
        except ApiError as error:
            response = failure_response(error, request.headers.get("accept", ""))
        response.warnings = bounded(exchange.warnings)
        return response

    async def _answer_exchange(self, exchange: objects.Exchange) -> Response:
        asked, resource = exchange.route, exchange.resource
        if asked.subresource:
            return await subresources.handler(exchange)(exchange)
        handler = _UNSTORED.get(resource.bucket) or objects.VERBS.get(asked.verb)
        nameless = asked.verb in _NAMED_VERBS and not asked.name
        if handler is None or asked.verb not in resource.verbs or nameless:
            raise refusals.method_not_allowed()
        return await handler(exchange)


def _is_misplaced(asked: Route, resource: Resource) -> bool:
    """Whether the path has a namespace that it should not have, or lacks one."""
    if not resource.namespaced:
        return bool(asked.namespace) and resource.bucket != "/namespaces"
    if asked.namespace:
        return False
    if asked.verb == "create":  # the collection is there, but for reading
        if resource.custom is None and resource.bucket not in _UNSTORED:
            raise refusals.method_not_allowed()
        return resource.custom is not None
    return asked.verb in {"get", "update", "patch", "delete"}


TRUSTED = User("system:trueup", groups=(MASTERS,))
"""Who the controllers in this process are."""
