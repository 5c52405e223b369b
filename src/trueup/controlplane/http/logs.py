"""``pods/NAME/log``: the log of a container that nobody ran."""

from __future__ import annotations

from trueup.controlplane.http import options
from trueup.controlplane.http.message import Request, Response
from trueup.controlplane.http.objects import Exchange
from trueup.controlplane.registry import refusals
from trueup.controlplane.registry.logs import LogOptions, log_text
from trueup.controlplane.validation import causes

_LEAST = {"tailLines": 0, "limitBytes": 1, "sinceSeconds": 1}


async def get_log(exchange: Exchange) -> Response:
    """The whole log at once, also for those who follow: no line will ever be added."""
    entry = exchange.registry.get(exchange.resource, exchange.route.namespace, exchange.route.name)
    _require_sense(exchange)
    pod = exchange.renderer.manifest(entry)
    text = log_text(pod, _log_options(exchange.request))
    code = 200 if pod["spec"].get("nodeName") else 204
    return Response(code, {"content-type": "text/plain"}, text.encode())


def _require_sense(exchange: Exchange) -> None:
    """Invalid where the options are beyond their bounds, or exclude each other."""
    request, found = exchange.request, []
    for name, least in _LEAST.items():
        value = _optional(request, name)
        if value is not None and value < least:
            bound = "greater than or equal to 0" if least == 0 else "greater than 0"
            found.append(causes.invalid(name, value, f"must be {bound}"))
    if request.parameter("sinceTime") and request.parameter("sinceSeconds"):
        detail = "at most one of `sinceTime` or `sinceSeconds` may be specified"
        found.append(causes.forbidden("[]", detail))
    if found:
        raise refusals.invalid("", "PodLogOptions", exchange.route.name, found)


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
