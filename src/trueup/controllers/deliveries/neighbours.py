"""Deliveries that other shards look after, as far as their statuses and records tell."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from trueup.cluster import Informer
from trueup.controllers.deliveries.memory import Memory
from trueup.controllers.replicas.shard import Shard
from trueup.dialects.contract import DeliveryDialect
from trueup.errors import InputError
from trueup.flow import Artifact, Delivery
from trueup.objects import Manifest, ObjectRef


class Neighbours:
    """Those of all deliveries that are not in ``shard``."""

    def __init__(
        self,
        shard: Shard,
        dialect: DeliveryDialect,
        resources: Informer[Manifest],
        memory: Memory,
    ) -> None:
        self._shard = shard
        self._dialect = dialect
        self._resources = resources
        self._memory = memory

    def is_anyone_behind(self, artifact: Artifact) -> bool:
        """Whether a neighbour of the same source has yet to apply what it wants of ``artifact``."""
        return any(
            self._dialect.source_of(resource) == artifact.source
            and not self._dialect.has_tried(resource, artifact.revision)
            for _, resource in self._others()
            if is_active(self._dialect, resource)
        )

    def claimed(self, delivery: Delivery, refs: Collection[ObjectRef]) -> set[ObjectRef]:
        """Those of ``refs`` that a neighbour has applied, to the same cluster."""
        left, found = set(refs), set[ObjectRef]()
        for ref, resource in self._others():
            mine = left & self._memory.stored_objects(ref)
            is_staying = not resource["metadata"].get("deletionTimestamp")
            if mine and is_staying and self._is_same_cluster(delivery, resource):
                found |= mine
        return found

    def _others(self) -> Iterator[tuple[ObjectRef, Manifest]]:
        if self._shard.of > 1:
            yield from (each for each in self._resources if not self._shard.owns(each[0]))

    def _is_same_cluster(self, delivery: Delivery, resource: Manifest) -> bool:
        try:
            target = self._dialect.delivery_of(resource).target
        except InputError:
            return True  # it may be mended, and want what it had
        return target.access == delivery.target.access


def is_active(dialect: DeliveryDialect, resource: Manifest | None) -> bool:
    """Whether anybody works on the delivery: it is there to stay, and not suspended."""
    if resource is None or resource["metadata"].get("deletionTimestamp"):
        return False
    return not dialect.is_suspended(resource)
