"""``pods/NAME/log``: the log of a container that nobody ran."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

from trueup.controlplane.http.interaction import require_node
from trueup.controlplane.http.message import Request, Response
from trueup.controlplane.http.objects import Exchange
from trueup.controlplane.http.parameters import is_true, moment, number
from trueup.controlplane.registry import refusals
from trueup.controlplane.registry.codec import decode
from trueup.controlplane.registry.logs import LogOptions, chosen_container, is_running, log_of
from trueup.controlplane.store import Entry, Store
from trueup.controlplane.validation import causes

_TEXT = {"content-type": "text/plain"}
_BUCKET = "/pods"


async def get_log(exchange: Exchange) -> Response:
    """What there is of it; whoever follows is kept until the container has ended.

    The refusals come in the order of the apiserver's: the request, the pod, its container, its node.
    """
    options = _log_options(exchange.request)
    _require_sense(exchange)
    registry, route = exchange.registry, exchange.route
    entry = registry.get(exchange.resource, route.namespace, route.name)
    pod = exchange.renderer.manifest(entry)
    container = chosen_container(pod, options.container)
    if not pod["spec"].get("nodeName"):
        return Response(204, dict(_TEXT))
    require_node(exchange, pod["spec"]["nodeName"])
    text = log_of(pod, container, options)
    if not options.follow or len(text) == options.limit:
        return Response(200, dict(_TEXT), text)
    return Response(200, dict(_TEXT), _followed(text, registry.store, entry, container))


async def _followed(
    text: bytes, store: Store, entry: Entry, container: str
) -> AsyncIterator[bytes]:
    """``text``, and then nothing for as long as the container runs: no line is ever added."""
    bucket = store.bucket(_BUCKET)
    watch = bucket.watch(entry.key, entry.revision)
    try:
        yield text
        now: Entry | None = entry
        while now is not None and is_running(decode(now), container) and not watch.closed:
            await watch.wait_changes(None)
            now = bucket.get(entry.key)
    finally:
        bucket.unwatch(watch)


def _log_options(request: Request) -> LogOptions:
    seconds = number(request, "sinceSeconds")
    since = moment(request, "sinceTime") if seconds is None else _ago(seconds)
    return LogOptions(
        container=request.parameter("container"),
        previous=is_true(request, "previous"),
        timestamps=is_true(request, "timestamps"),
        follow=is_true(request, "follow"),
        tail=number(request, "tailLines"),
        limit=number(request, "limitBytes"),
        since=since,
    )


def _ago(seconds: int) -> datetime:
    """The beginning of time, if it was before that."""
    try:
        return datetime.now(UTC) - timedelta(seconds=seconds)
    except OverflowError:
        return datetime.min.replace(tzinfo=UTC)


def _require_sense(exchange: Exchange) -> None:
    """Invalid where the options are beyond their bounds, or exclude each other."""
    request, found = exchange.request, []
    for name, least in (("tailLines", 0), ("limitBytes", 1)):
        found += _too_small(request, name, least)
    if request.parameters("sinceTime") and request.parameters("sinceSeconds"):
        detail = "at most one of `sinceTime` or `sinceSeconds` may be specified"
        found.append(causes.forbidden("[]", detail))
    else:
        found += _too_small(request, "sinceSeconds", 1)
    if request.parameters("stream"):
        found.append(causes.forbidden("stream", "may not be specified"))
    if found:
        raise refusals.invalid("", "PodLogOptions", exchange.route.name, found)


def _too_small(request: Request, name: str, least: int) -> list[causes.Cause]:
    value = number(request, name)
    if value is None or value >= least:
        return []
    bound = "greater than 0" if least else "greater than or equal to 0"
    return [causes.invalid(name, value, f"must be {bound}")]
