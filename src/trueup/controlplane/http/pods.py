"""``pods/NAME/binding`` and ``pods/NAME/eviction``: to be placed, and to be asked to go."""

from __future__ import annotations

from trueup.controlplane.http import options
from trueup.controlplane.http.message import Response
from trueup.controlplane.http.objects import Exchange
from trueup.controlplane.http.status import json_response
from trueup.controlplane.registry import refusals
from trueup.controlplane.registry.bodies import object_of
from trueup.controlplane.registry.codec import decode
from trueup.controlplane.registry.deleting import DeleteOptions
from trueup.controlplane.registry.metadata import now_text
from trueup.controlplane.registry.selectors import selector_of
from trueup.errors import TooManyRequests
from trueup.objects import GroupVersionKind, Manifest
from trueup.objects import manifest as manifests

_CREATED = b'{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Success","code":201}'


async def bind(exchange: Exchange) -> Response:
    """Put the pod on the node that the Binding names; Conflict if it has one."""
    call = exchange.call("CreateOptions")
    binding = object_of(options.body_object(exchange.request), call, _kind(exchange, "binding"))
    target = binding.get("target") or {}
    if target.get("kind", "Node") not in {"", "Node"} or not target.get("name"):
        raise refusals.bad_request("a Binding's target is a Node with a name")

    def place(pod: Manifest) -> Manifest:
        if (pod.get("spec") or {}).get("nodeName"):
            cause = f'pod {call.name} is already assigned to node "{pod["spec"]["nodeName"]}"'
            raise refusals.conflict(exchange.resource, call.name, cause)
        pod["spec"]["nodeName"] = target["name"]
        pod["status"] = _scheduled(pod.get("status") or {})
        return pod

    call.subresource = "binding"
    await exchange.registry.writer.update(call, place)
    return json_response(_CREATED, 201)


def _scheduled(status: Manifest) -> Manifest:
    condition = {
        "type": "PodScheduled",
        "status": "True",
        "lastProbeTime": None,
        "lastTransitionTime": now_text(),
    }
    others = [c for c in status.get("conditions") or () if c["type"] != "PodScheduled"]
    return {**status, "conditions": [*others, condition]}


async def evict(exchange: Exchange) -> Response:
    """Delete the pod unless a PodDisruptionBudget says that too few are left."""
    call = exchange.call("CreateOptions")
    eviction = object_of(options.body_object(exchange.request), call, _kind(exchange, "eviction"))
    pod = decode(exchange.registry.get(exchange.resource, call.namespace, call.name))
    _require_budget(exchange, pod)
    wanted = DeleteOptions.of(eviction.get("deleteOptions") or {})
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


def _kind(exchange: Exchange, name: str) -> GroupVersionKind:
    return exchange.resource.subresources[name].gvk
