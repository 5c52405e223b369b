"""Runs each Job's pods."""

from __future__ import annotations

from trueup.controlplane.simulation.claims import claimed
from trueup.controlplane.simulation.controller import Controller
from trueup.controlplane.simulation.jobs.decide import job_outcome
from trueup.controlplane.simulation.kinds import JOB, POD
from trueup.controlplane.simulation.outcome import Outcome
from trueup.objects import Manifest


class Jobs(Controller):
    """Runs the pods of each Job until it is done."""

    kind = JOB
    children = (POD,)

    def decide(self, obj: Manifest) -> Outcome:
        if (
            obj["spec"].get("managedBy", "kubernetes.io/job-controller")
            != "kubernetes.io/job-controller"
        ):
            return Outcome()
        pods = claimed(self.world, obj, POD)
        outcome = job_outcome(obj, pods.children, self.clock.now())
        return Outcome([*pods.actions, *outcome.actions], outcome.again)
