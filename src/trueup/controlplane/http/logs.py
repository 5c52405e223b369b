"""``pods/NAME/log``: the log of a container that nobody ran."""

from __future__ import annotations

from trueup.controlplane.http import options
from trueup.controlplane.http.message import Request, Response
from trueup.controlplane.http.objects import Exchange
from trueup.controlplane.registry.logs import LogOptions, log_text


async def get_log(exchange: Exchange) -> Response:
    """The whole log at once, also for those who follow: no line will ever be added."""
    entry = exchange.registry.get(exchange.resource, exchange.route.namespace, exchange.route.name)
    text = log_text(exchange.renderer.manifest(entry), _log_options(exchange.request))
    return Response(200, {"content-type": "text/plain"}, text.encode())


def _log_options(request: Request) -> LogOptions:
    return LogOptions(
        container=request.parameter("container"),
        previous=options.is_true(request, "previous"),
        timestamps=options.is_true(request, "timestamps"),
        tail=_optional(request, "tailLines"),
        limit=_optional(request, "limitBytes"),
    )


def _optional(request: Request, name: str) -> int | None:
    return options.number(request, name) if request.parameter(name) else None
