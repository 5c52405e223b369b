"""What all looks at deliveries share: their sources, their clusters, what is remembered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from trueup.controllers.artifacts import Artifacts
from trueup.controllers.claims import Claims
from trueup.controllers.clusters import Clusters
from trueup.controllers.dependencies import Dependencies
from trueup.controllers.health import HealthReader
from trueup.controllers.inputs import Inputs
from trueup.controllers.memory import Memory
from trueup.controllers.render_cache import RenderCache
from trueup.controllers.reporting import Reporter
from trueup.dialects.contract import DeliveryDialect
from trueup.flow import Artifact
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
    """Which deliveries want which objects."""
    concerned: Claims
    """Which deliveries look again when an object changes."""
    reporter: Reporter
    steady: Callable[[], float]
    """Steady seconds."""
    find_delivery: Callable[[ObjectRef], Manifest | None]
    find_source: Callable[[ObjectRef], Manifest | None]
    is_behind: Callable[[Artifact, ObjectRef], bool]
    """Whether another delivery of the artifact's source has not rendered it yet."""
