"""The subresources: which handler answers a verb on a part of an object."""

from __future__ import annotations

from functools import partial

import orjson

from trueup.controlplane.http import bodies, logs, objects, pods, tokens
from trueup.controlplane.http.interaction import refuse_interaction, refuse_proxy
from trueup.controlplane.http.message import Response
from trueup.controlplane.http.objects import Exchange, Handler
from trueup.controlplane.http.status import json_response, success
from trueup.controlplane.registry import refusals
from trueup.controlplane.registry.binding import bound
from trueup.controlplane.registry.bodies import part_of
from trueup.controlplane.registry.call import Call
from trueup.controlplane.registry.patching import APPLY_PATCH, patch_function
from trueup.controlplane.registry.scale import scale_of, scaled, shown_scale
from trueup.controlplane.registry.scaling import (
    SCALE,
    SCALE_SCHEMA,
    ScaleChange,
    applying_scale,
    patching_scale,
    replacing_scale,
)
from trueup.controlplane.registry.writing import Part
from trueup.objects import Manifest


async def get_scale(exchange: Exchange) -> Response:
    entry = exchange.registry.get(exchange.resource, exchange.route.namespace, exchange.route.name)
    return _scale_response(exchange, exchange.renderer.manifest(entry))


async def update_scale(exchange: Exchange) -> Response:
    call = exchange.call("UpdateOptions")
    body = bodies.body_object(exchange.request, SCALE.kind)
    return await _change_scale(exchange, call, replacing_scale(call, body))


async def patch_scale(exchange: Exchange) -> Response:
    call = exchange.call("PatchOptions")
    media_type = bodies.content_type(exchange.request)
    bodies.require_patchable(exchange.request, custom=exchange.resource.custom is not None)
    body = bodies.patch_body(exchange.request)
    if media_type == APPLY_PATCH:
        return await _change_scale(exchange, call, applying_scale(call, body))
    function = patch_function(media_type, body, SCALE_SCHEMA)
    return await _change_scale(exchange, call, patching_scale(call, function))


async def _change_scale(exchange: Exchange, call: Call, change: ScaleChange) -> Response:
    resource = exchange.resource
    part = Part(partial(scale_of, resource), partial(scaled, resource))
    entry = await exchange.registry.writer.update(call, change, owned=True, part=part)
    return _scale_response(exchange, exchange.renderer.manifest(entry))


def _scale_response(exchange: Exchange, obj: Manifest) -> Response:
    return json_response(orjson.dumps(shown_scale(exchange.resource, obj)))


async def create_binding(exchange: Exchange) -> Response:
    """A scheduler's decision: the pod gets its node, and nobody comes to own the field.

    Sent to the pod, or to the collection of bindings, which keeps none.
    """
    call, resource = exchange.call("CreateOptions"), exchange.resource
    is_part = resource.plural != "bindings"
    gvk = resource.subresources["binding"].gvk if is_part else resource.gvk
    body = part_of(bodies.body_object(exchange.request, gvk.kind), call, gvk)
    body = await exchange.registry.admission.create_part(call, body)
    if not is_part:
        _bind_named(exchange, call, body)
    await exchange.registry.writer.update(call, lambda pod: bound(call, pod, body), owned=True)
    return json_response(success(code=201), 201)


def _bind_named(exchange: Exchange, call: Call, binding: Manifest) -> None:
    pods = exchange.registry.catalog.find("", "v1", "pods")
    assert pods is not None
    call.resource, call.subresource = pods, "binding"
    call.name = str(binding["metadata"].get("name") or "")


_WHOLE_OBJECT: dict[str, Handler] = {
    "get": objects.get,
    "update": objects.update,
    "patch": objects.patch,
}
"""For subresources that are the object itself with other fields open to change."""

_INTERACTION: dict[str, Handler] = {"create": refuse_interaction, "get": refuse_interaction}

HANDLERS: dict[str, dict[str, Handler]] = {
    "status": _WHOLE_OBJECT,
    "finalize": _WHOLE_OBJECT,
    "approval": _WHOLE_OBJECT,
    "ephemeralcontainers": _WHOLE_OBJECT,
    "resize": _WHOLE_OBJECT,
    "log": {"get": logs.get_log},
    "token": {"create": tokens.create_token},
    "binding": {"create": create_binding},
    "eviction": {"create": pods.evict},
    "exec": _INTERACTION,
    "attach": _INTERACTION,
    "portforward": _INTERACTION,
    "proxy": dict.fromkeys(("create", "delete", "get", "patch", "update"), refuse_proxy),
    "scale": {"get": get_scale, "update": update_scale, "patch": patch_scale},
}


def handler(exchange: Exchange) -> Handler:
    """NotFound for a subresource that the kind lacks, MethodNotAllowed for a verb it lacks."""
    name, verb = exchange.route.subresource, exchange.route.verb
    if name not in exchange.resource.subresources or name not in HANDLERS:
        raise refusals.no_such_resource()
    found = HANDLERS[name].get(verb)
    if found is None:
        raise refusals.unsupported_verb(exchange.resource, verb)
    return found
