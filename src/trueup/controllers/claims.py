"""Which deliveries have to do with which objects, looked up from either side."""

from __future__ import annotations

from collections.abc import Iterable

from trueup.objects import ObjectRef

Place = tuple[str, ObjectRef]
"""The key of a cluster, and an object in it."""


class Claims:
    """Objects by delivery, and deliveries by object."""

    def __init__(self) -> None:
        self._objects: dict[ObjectRef, frozenset[Place]] = {}
        self._deliveries: dict[Place, set[ObjectRef]] = {}

    def claim(self, delivery: ObjectRef, cluster: str, refs: Iterable[ObjectRef]) -> None:
        """``delivery`` claims exactly ``refs``, all in ``cluster``."""
        before = self._objects.get(delivery, frozenset())
        now = frozenset((cluster, ref) for ref in refs)
        for place in before - now:
            self._release(place, delivery)
        for place in now - before:
            self._deliveries.setdefault(place, set()).add(delivery)
        self._objects[delivery] = now

    def forget(self, delivery: ObjectRef) -> None:
        for place in self._objects.pop(delivery, frozenset()):
            self._release(place, delivery)

    def claimants(self, cluster: str, ref: ObjectRef) -> set[ObjectRef]:
        return self._deliveries.get((cluster, ref), set())

    def claimed_by_others(
        self, delivery: ObjectRef, cluster: str, refs: Iterable[ObjectRef]
    ) -> list[ObjectRef]:
        """Those of ``refs`` that another delivery claims."""
        return [ref for ref in refs if self.claimants(cluster, ref) - {delivery}]

    def _release(self, place: Place, delivery: ObjectRef) -> None:
        holders = self._deliveries.get(place, set())
        holders.discard(delivery)
        if not holders:
            self._deliveries.pop(place, None)
