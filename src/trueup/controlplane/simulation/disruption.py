"""What PodDisruptionBudgets allow now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from trueup.controlplane.simulation.actor import Actor
from trueup.controlplane.simulation.clock import Clock
from trueup.controlplane.simulation.controller import Controller
from trueup.controlplane.simulation.kinds import DISRUPTION_BUDGET, POD
from trueup.controlplane.simulation.outcome import Outcome, status_change
from trueup.controlplane.simulation.reading import is_deleting, is_finished, is_ready, scaled
from trueup.controlplane.simulation.selectors import selects
from trueup.controlplane.simulation.world import Snapshot, World
from trueup.objects import Manifest, ObjectRef
from trueup.report.conditions import Condition, updated
from trueup.report.times import timestamp


class DisruptionBudgets(Controller):
    """Counts how many pods of a budget may go."""

    kind = DISRUPTION_BUDGET

    def __init__(self, world: World, actor: Actor, clock: Clock) -> None:
        super().__init__(world, actor, clock)
        world.listen(POD, self._pod_changed)

    def decide(self, obj: Manifest) -> Outcome:
        selector = obj["spec"].get("selector")
        pods = self.world.matching(
            POD, obj["metadata"]["namespace"], lambda seen: selects(selector, seen.labels)
        )
        return Outcome(status_change(obj, budget_status(obj, pods, self.clock.now())))

    def _pod_changed(self, ref: ObjectRef, before: Snapshot | None, now: Snapshot | None) -> None:
        for budget in self.world.refs(DISRUPTION_BUDGET, ref.namespace):
            self.queue.add(budget)


def budget_status(budget: Manifest, pods: Sequence[Mapping[str, Any]], now: datetime) -> Manifest:
    """How many healthy pods there are, how many there must be, and how many may be evicted."""
    spec, before = budget["spec"], budget.get("status") or {}
    counted = [pod for pod in pods if not is_finished(pod)]
    healthy = sum(is_ready(pod) and not is_deleting(pod) for pod in counted)
    if spec.get("maxUnavailable") is not None:
        least = len(counted) - scaled(spec["maxUnavailable"], len(counted), up=True)
    else:
        least = scaled(spec.get("minAvailable", 1), len(counted), up=True)
    least = max(0, least)
    allowed = max(0, healthy - least) if counted else 0
    generation = budget["metadata"].get("generation", 0)
    said = (
        Condition("DisruptionAllowed", "True", "SufficientPods", "")
        if allowed
        else Condition("DisruptionAllowed", "False", "InsufficientPods", "")
    )
    return {
        **before,
        "observedGeneration": generation,
        "currentHealthy": healthy,
        "desiredHealthy": least,
        "expectedPods": len(counted),
        "disruptionsAllowed": allowed,
        "conditions": updated(
            before.get("conditions") or (), [said], generation=generation, now=timestamp(now)
        ),
    }
