"""Gives each Ingress an address."""

from __future__ import annotations

from datetime import datetime

from trueup.controlplane.simulation.controller import Controller
from trueup.controlplane.simulation.kinds import INGRESS
from trueup.controlplane.simulation.network.addresses import balancer_address
from trueup.controlplane.simulation.outcome import Outcome, status_change
from trueup.controlplane.simulation.reading import created, is_deleting
from trueup.controlplane.simulation.requests import SIMULATED, behaviour, remaining
from trueup.objects import Manifest


class Ingresses(Controller):
    """Gives each Ingress an address."""

    kind = INGRESS

    def decide(self, obj: Manifest) -> Outcome:
        return ingress_outcome(obj, self.clock.now())


def ingress_outcome(ingress: Manifest, now: datetime) -> Outcome:
    """An address, after the delay that is asked for; none where it is to stay pending."""
    if is_deleting(ingress) or behaviour(ingress) in ("Pending", "Fail", "Unready"):
        return Outcome()
    if left := remaining(ingress, created(ingress), now):
        return Outcome(again=left)
    status = {"loadBalancer": {"ingress": [{"ip": balancer_address(ingress)}]}}
    return Outcome(status_change(ingress, status, {SIMULATED: "true"}))
