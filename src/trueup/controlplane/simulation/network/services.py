"""Keeps the endpoints of Services, and gives load balancers an address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from trueup.controlplane.simulation.actor import Actor
from trueup.controlplane.simulation.clock import Clock
from trueup.controlplane.simulation.controller import Controller
from trueup.controlplane.simulation.kinds import ENDPOINT_SLICE, ENDPOINTS, POD, SERVICE
from trueup.controlplane.simulation.network.addresses import balancer_address
from trueup.controlplane.simulation.network.endpoints import (
    endpoint_slice,
    endpoints,
    has_address,
)
from trueup.controlplane.simulation.outcome import (
    Action,
    Change,
    Create,
    Delete,
    Outcome,
    status_change,
)
from trueup.controlplane.simulation.reading import created, is_deleting
from trueup.controlplane.simulation.requests import behaviour, remaining
from trueup.controlplane.simulation.selectors import selects_plainly
from trueup.controlplane.simulation.world import Snapshot, World
from trueup.merge.jsonmerge import patch_between
from trueup.objects import Manifest, ObjectRef


class Services(Controller):
    """Selectors are kept by namespace, since each change of a pod asks all of them."""

    kind = SERVICE
    children = (ENDPOINT_SLICE,)

    def __init__(self, world: World, actor: Actor, clock: Clock) -> None:
        super().__init__(world, actor, clock)
        self._selectors: dict[str, dict[ObjectRef, Mapping[str, str]]] = {}
        world.listen(POD, self._pod_changed)
        world.listen(ENDPOINTS, self._endpoints_changed)

    def decide(self, obj: Manifest) -> Outcome:
        namespace = obj["metadata"]["namespace"]
        selector = obj["spec"].get("selector")
        live: list[Manifest] = []
        pods: list[Manifest] = []
        if selector:
            seen = self.world.matching(
                POD, namespace, lambda found: selects_plainly(selector, found.labels)
            )
            pods = [pod for pod in seen if has_address(pod)]
            live = self.world.owned(ENDPOINT_SLICE, obj["metadata"]["uid"])
            name = obj["metadata"]["name"]
            older = self.world.get(ObjectRef("", "Endpoints", namespace, name, "v1"))
            live += [older] if older else []
        return service_outcome(obj, pods, live, self.clock.now())

    def gone(self, ref: ObjectRef) -> Outcome:
        older = self.world.get(ObjectRef("", "Endpoints", ref.namespace, ref.name, "v1"))
        labels = (older or {"metadata": {}})["metadata"].get("labels") or {}
        ours = labels.get("endpoints.kubernetes.io/managed-by") == "endpoint-controller"
        return Outcome([Delete(older)] if older and ours else [])

    def _changed(self, ref: ObjectRef, before: Snapshot | None, now: Snapshot | None) -> None:
        here = self._selectors.setdefault(ref.namespace, {})
        selector = now.manifest()["spec"].get("selector") if now else None
        if selector:
            here[ref] = selector
        else:
            here.pop(ref, None)
        if not here:
            del self._selectors[ref.namespace]
        self.queue.add(ref)

    def _pod_changed(self, ref: ObjectRef, before: Snapshot | None, now: Snapshot | None) -> None:
        labels = [seen.labels for seen in (before, now) if seen is not None]
        for service, selector in self._selectors.get(ref.namespace, {}).items():
            if any(selects_plainly(selector, found) for found in labels):
                self.queue.add(service)

    def _endpoints_changed(
        self, ref: ObjectRef, before: Snapshot | None, now: Snapshot | None
    ) -> None:
        self.queue.add(self._ref(ref.namespace, ref.name))


def service_outcome(
    service: Manifest, pods: Sequence[Mapping[str, Any]], live: Sequence[Manifest], now: datetime
) -> Outcome:
    """``live``: the endpoint objects that the Service has."""
    if is_deleting(service):
        return Outcome()
    actions: list[Action] = []
    if service["spec"].get("selector") and service["spec"].get("type") != "ExternalName":
        for wanted in (endpoint_slice(service, pods), endpoints(service, pods)):
            actions += _brought_about(wanted, live)
    balanced, again = _balanced(service, now)
    return Outcome([*actions, *balanced], again)


def _brought_about(wanted: Manifest, live: Sequence[Manifest]) -> list[Action]:
    """Create ``wanted``, or change what is there into it."""
    for found in live:
        if (found["kind"], found["metadata"]["name"]) == (
            wanted["kind"],
            wanted["metadata"]["name"],
        ):
            patch = {
                key: wanted.get(key)
                for key in ("endpoints", "ports", "subsets")
                if (wanted.get(key) or None) != (found.get(key) or None)
            }
            labels = {"labels": wanted["metadata"]["labels"]}
            here = {"labels": found["metadata"].get("labels") or {}}
            if changed := patch_between(here, labels):
                patch["metadata"] = changed
            return [Change(found, patch)] if patch else []
    return [Create(wanted)]


def _balanced(service: Manifest, now: datetime) -> tuple[list[Action], float | None]:
    """An address for a load balancer; none for what is not one, or not any more."""
    status = service.get("status") or {}
    if service["spec"].get("type") != "LoadBalancer" or behaviour(service):
        empty = {**status, "loadBalancer": {}}
        return (status_change(service, empty) if status.get("loadBalancer") else []), None
    if left := remaining(service, created(service), now):
        return [], left
    ingress = [{"ip": balancer_address(service), "ipMode": "VIP"}]
    return status_change(service, {**status, "loadBalancer": {"ingress": ingress}}), None
