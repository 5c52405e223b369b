"""``exec``, ``attach``, ``portforward`` and ``proxy`` of pods: there is nothing to talk to."""

from __future__ import annotations

from trueup.controlplane.http.message import Response
from trueup.controlplane.http.objects import Exchange
from trueup.controlplane.registry import refusals
from trueup.controlplane.registry.codec import decode


async def refuse_interaction(exchange: Exchange) -> Response:
    """NotFound for a pod that is not there, BadRequest for any other."""
    name = exchange.route.name
    entry = exchange.registry.get(exchange.resource, exchange.route.namespace, name)
    if not decode(entry)["spec"].get("nodeName"):
        raise refusals.bad_request(f"pod {name} does not have a host assigned")
    raise refusals.bad_request(f"pod {name} is simulated: nothing runs in it")
