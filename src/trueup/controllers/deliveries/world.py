"""What all looks at deliveries share: their sources, their clusters, what is remembered."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from trueup.controllers.artifacts import Artifacts
from trueup.controllers.claims import Claims
from trueup.controllers.deliveries.clusters import Clusters
from trueup.controllers.deliveries.dependencies import Dependencies
from trueup.controllers.deliveries.health import HealthReader
from trueup.controllers.deliveries.memory import Memory
from trueup.controllers.deliveries.neighbours import Neighbours
from trueup.controllers.deliveries.render_cache import RenderCache
from trueup.controllers.deliveries.reporting import Reporter
from trueup.controllers.inputs import Inputs
from trueup.dialects.contract import DeliveryDialect
from trueup.flow import Artifact, Delivery
from trueup.objects import Manifest, ObjectRef


@dataclass(frozen=True)
class World:
    """The parts that a look works with."""

    dialect: DeliveryDialect
    artifacts: Artifacts
    renderings: RenderCache
    inputs: Inputs
    dependencies: Dependencies
    clusters: Clusters
    memory: Memory
    health: HealthReader
    wanted: Claims
    """Which deliveries want which objects, of those that this process looks after."""
    neighbours: Neighbours
    concerned: Claims
    """Which deliveries look again when an object changes."""
    reporter: Reporter
    steady: Callable[[], float]
    """Steady seconds."""
    find_delivery: Callable[[ObjectRef], Manifest | None]
    find_source: Callable[[ObjectRef], Manifest | None]
    is_behind: Callable[[Artifact, ObjectRef], bool]
    """Whether another delivery of the artifact's source has not rendered it yet."""

    def claimed_by_others(
        self, delivery: Delivery, cluster: str, refs: Collection[ObjectRef]
    ) -> list[ObjectRef]:
        """Those of ``refs`` that another delivery wants, whoever looks after it."""
        here = self.wanted.claimed_by_others(delivery.ref, cluster, refs)
        return [*here, *self.neighbours.claimed(delivery, refs)]
