"""``pods/NAME/eviction``: a pod is asked to go."""

from __future__ import annotations

from trueup.controlplane.http import bodies
from trueup.controlplane.http.message import Response
from trueup.controlplane.http.objects import Exchange
from trueup.controlplane.http.options import is_dry
from trueup.controlplane.http.status import json_response
from trueup.controlplane.registry import refusals
from trueup.controlplane.registry.bodies import part_of
from trueup.controlplane.registry.codec import decode
from trueup.controlplane.registry.deleting import DeleteOptions
from trueup.controlplane.registry.selectors import selector_of
from trueup.errors import TooManyRequests
from trueup.objects import Manifest
from trueup.objects import manifest as manifests

_CREATED = b'{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Success","code":201}'


async def evict(exchange: Exchange) -> Response:
    """Delete the pod unless a PodDisruptionBudget says that too few are left."""
    call = exchange.call("CreateOptions")
    gvk = exchange.resource.subresources["eviction"].gvk
    eviction = part_of(bodies.body_object(exchange.request, gvk.kind), call, gvk)
    if eviction["metadata"].get("name") != call.name:
        raise refusals.bad_request("name in URL does not match name in Eviction object")
    dry = is_dry((eviction.get("deleteOptions") or {}).get("dryRun") or [], "DeleteOptions")
    call.dry_run = call.dry_run or dry
    eviction = await exchange.registry.admission.create_part(call, eviction)
    wanted = DeleteOptions.of(eviction.get("deleteOptions") or {})
    pod = decode(exchange.registry.get(exchange.resource, call.namespace, call.name))
    _require_budget(exchange, pod)
    await exchange.registry.deleter.delete(call, wanted)
    return json_response(_CREATED, 201)


def _require_budget(exchange: Exchange, pod: Manifest) -> None:
    """TooManyRequests where a budget that selects the pod allows no disruption now."""
    store = exchange.registry.store
    prefix = f"{exchange.route.namespace}/"
    for entry in store.bucket("policy/poddisruptionbudgets").entries(prefix):
        budget = decode(entry)
        status = budget.get("status") or {}
        selects = selector_of((budget.get("spec") or {}).get("selector"))
        if selects(manifests.labels(pod)) and status.get("disruptionsAllowed") == 0:
            raise TooManyRequests(
                "Cannot evict pod as it would violate the pod's disruption budget.",
                details={"causes": [_exhausted(budget["metadata"]["name"], status)]},
            )


def _exhausted(name: str, status: Manifest) -> dict[str, str]:
    message = (
        f"The disruption budget {name} needs {status.get('desiredHealthy', 0)} healthy pods"
        f" and has {status.get('currentHealthy', 0)} currently"
    )
    return {"reason": "DisruptionBudget", "message": message}
