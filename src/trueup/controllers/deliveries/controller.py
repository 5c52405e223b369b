"""The controller of deliveries: who looks again when, and in which order."""

from __future__ import annotations

from collections.abc import Callable

from trueup.apply import Objection, no_objection
from trueup.cluster import Informer, WorkQueue
from trueup.controllers.artifacts import Artifacts
from trueup.controllers.claims import Claims
from trueup.controllers.deliveries.clusters import Clusters
from trueup.controllers.deliveries.deleting import Undertaker
from trueup.controllers.deliveries.delivering import Deliverer
from trueup.controllers.deliveries.dependencies import Dependencies
from trueup.controllers.deliveries.health import HealthReader
from trueup.controllers.deliveries.memory import Memory
from trueup.controllers.deliveries.neighbours import Neighbours, is_active
from trueup.controllers.deliveries.render_cache import RenderCache, StillMaking
from trueup.controllers.deliveries.rendering_store import RenderingStore
from trueup.controllers.deliveries.reporting import Reporter
from trueup.controllers.deliveries.ways import Ways
from trueup.controllers.deliveries.world import World
from trueup.controllers.home import Home
from trueup.controllers.inputs import Inputs
from trueup.controllers.replicas.shard import ALL, Shard
from trueup.controllers.triggers import worth_a_look
from trueup.dialects.contract import DeliveryDialect
from trueup.flow import Artifact, Conventions
from trueup.objects import Manifest, ObjectRef
from trueup.objects.manifest import without_managed_fields
from trueup.tree import Difference

WORKERS = 16


class Deliveries:
    """Keeps every resource of one dialect's kind of delivery true.

    What changes, be it the resource, its source, an input, a dependency or one of its objects,
    only puts the delivery into the queue.
    """

    def __init__(
        self,
        home: Home,
        dialect: DeliveryDialect,
        conventions: Conventions,
        artifacts: Artifacts,
        find_source: Callable[[ObjectRef], Manifest | None],
        store: RenderingStore,
        objection: Objection = no_objection,
        shard: Shard = ALL,
    ) -> None:
        self._shard = shard
        self._dialect = dialect
        self._artifacts = artifacts
        self._queue: WorkQueue[ObjectRef] = WorkQueue()
        self._seen: dict[ObjectRef, str | None] = {}
        """The revision that each was looked at with; None while what it wants is being made."""
        self.resources: Informer[Manifest] = Informer(
            home.client, dialect.kind, without_managed_fields, on_change=self._changed
        )
        self.memory = Memory(home.client)
        self.renderings = RenderCache(store, on_made=self._queue.add)
        self._concerned = Claims()
        ways = Ways(home.client, home.clock, self._queue.add)
        self._world = World(
            dialect=dialect,
            artifacts=artifacts,
            renderings=self.renderings,
            inputs=Inputs(home.client, self._queue.add),
            dependencies=Dependencies(),
            clusters=Clusters(
                home.client, ways, conventions, home.clock, self._object_changed, objection
            ),
            memory=self.memory,
            health=HealthReader(),
            wanted=Claims(),
            neighbours=Neighbours(shard, dialect, self.resources, self.memory),
            concerned=self._concerned,
            reporter=Reporter(home, self.memory, dialect),
            steady=home.clock.seconds,
            find_delivery=self.resources.get,
            find_source=find_source,
            is_behind=self._is_anyone_behind,
        )
        self._deliverer = Deliverer(self._world)
        self._undertaker = Undertaker(self._world)
        artifacts.on_change(self._source_changed)

    async def run(self, *, workers: int = WORKERS) -> None:
        """Work for ever; ``resources`` and ``memory.resources`` run beside."""
        await self.resources.wait_synced()
        await self.memory.resources.wait_synced()
        await self._queue.run(self._look, workers=workers)

    async def close(self) -> None:
        await self._world.inputs.close()
        await self._world.clusters.close()
        self.renderings.close()

    def look_at(self, ref: ObjectRef) -> None:
        """Look at the delivery as soon as a worker is free."""
        self._queue.add(ref)

    def is_settled(self, ref: ObjectRef) -> bool:
        """Whether the delivery was looked at since its latest cause to be."""
        return self._seen.get(ref) is not None and ref not in self._queue

    async def _look(self, ref: ObjectRef) -> float | None:
        resource = self.resources.get(ref)
        if resource is None:
            self._forget(ref)
            return None
        if resource["metadata"].get("deletionTimestamp"):
            return await self._undertaker.look(resource)
        source = self._dialect.source_of(resource)
        self._artifacts.use(ref, [source] if source else [])
        if self._dialect.is_suspended(resource):
            return None
        artifact = self._artifacts.get(source) if source else None
        seen: str | None = artifact.revision if artifact else ""
        try:
            await self._world.reporter.hold(resource)
            return await self._deliverer.look(resource)
        except StillMaking:
            seen = None
            return None
        finally:
            self._seen[ref] = seen

    # What makes deliveries look again

    def _changed(self, ref: ObjectRef, before: Manifest | None, now: Manifest | None) -> None:
        if self._shard.owns(ref) and worth_a_look(before, now):
            self._queue.add(ref)
        dependencies = self._world.dependencies
        if now is None:
            dependencies.forget(ref)
        else:
            dependencies.set(ref, self._dialect.dependencies_of(now))
        for dependent in filter(self._shard.owns, dependencies.dependents(ref)):
            self._queue.add(dependent)

    def _object_changed(self, cluster: str, ref: ObjectRef) -> None:
        for delivery in self._concerned.claimants(cluster, ref):
            self._queue.add(delivery)

    def _source_changed(self, source: ObjectRef, before: Artifact | None) -> None:
        """Those that the change is about come first: the rest only notes the new revision."""
        artifact = self._artifacts.get(source)
        difference = Difference(before.tree, artifact.tree) if before and artifact else None
        for delivery in sorted(filter(self._is_delivery, self._artifacts.users(source))):
            affected = artifact is None or self.renderings.is_affected(
                delivery, artifact.tree, difference
            )
            (self._queue.add if affected else self._queue.add_behind)(delivery)

    def _is_anyone_behind(self, artifact: Artifact, looking: ObjectRef) -> bool:
        return any(
            self._seen.get(ref) != artifact.revision
            for ref in filter(self._is_delivery, self._artifacts.users(artifact.source))
            if ref != looking and is_active(self._dialect, self.resources.get(ref))
        ) or self._world.neighbours.is_anyone_behind(artifact)

    def _is_delivery(self, user: ObjectRef) -> bool:
        return user.group_kind == self._dialect.kind.group_kind

    def _forget(self, ref: ObjectRef) -> None:
        world = self._world
        self._artifacts.disuse(ref)
        self._seen.pop(ref, None)
        self._deliverer.forget(ref)
        world.renderings.forget(ref)
        world.wanted.forget(ref)
        world.concerned.forget(ref)
        world.inputs.forget(ref)
        world.clusters.forget(ref)
        world.health.forget(ref)
        world.reporter.forget(ref)
