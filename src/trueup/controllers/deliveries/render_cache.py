"""Rendering a delivery only when something that it read has changed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from trueup.controllers.deliveries.rendering_store import RenderingStore
from trueup.flow import Delivery, Rendering, digest_of
from trueup.objects import Manifest, ObjectRef
from trueup.plan.mask import is_secret
from trueup.render.bounds import check_object_count
from trueup.tree import BoundedTree, Difference, Reads, RecordingTree, Tree, is_current


@dataclass(frozen=True, slots=True)
class _Cached:
    key: str
    reads: Reads
    rendering: Rendering
    tree: str | None
    """The digest of the latest tree that would give the same."""


class RenderCache:
    """The latest rendering of each delivery, with what it was made of.

    What is in ``store`` outlives the process.
    """

    def __init__(self, store: RenderingStore) -> None:
        self._store = store
        self._cache: dict[ObjectRef, _Cached] = {}
        self.made = 0
        """How many renderings were really made."""

    async def render(self, delivery: Delivery, tree: Tree, inputs: Sequence[Manifest]) -> Rendering:
        """What ``delivery`` wants from ``tree``; raises InputError where it cannot be rendered."""
        key = _key(delivery, inputs)
        known = self._cache.get(delivery.ref)
        if known is not None and known.key == key and not self.is_affected(delivery.ref, tree):
            return known.rendering
        # In a thread, so that a large rendering does not hold up watches and leases.
        reads, rendering = await asyncio.to_thread(
            self._kept_or_made, known is None, key, delivery, tree, inputs
        )
        self._cache[delivery.ref] = _Cached(key, reads, rendering, tree.digest(""))
        return rendering

    def _kept_or_made(
        self, is_first: bool, key: str, delivery: Delivery, tree: Tree, inputs: Sequence[Manifest]
    ) -> tuple[Reads, Rendering]:
        kept = self._store.load(delivery.ref, key) if is_first else None
        if kept is not None and is_current(kept[0], tree):
            return kept
        recorder = RecordingTree(BoundedTree(tree))
        self.made += 1
        rendering = delivery.render(recorder, inputs)
        check_object_count(len(rendering))
        if any(map(is_secret, inputs)):
            self._store.forget(delivery.ref)
        else:
            self._store.save(delivery.ref, key, recorder.reads, rendering)
        return recorder.reads, rendering

    def is_affected(
        self, delivery: ObjectRef, tree: Tree, difference: Difference | None = None
    ) -> bool:
        """Whether ``tree`` differs in what the delivery read last.

        ``difference`` of ``tree`` from the one before it makes that quick to tell.
        """
        known, digest = self._cache.get(delivery), tree.digest("")
        if known is None:
            return True
        if known.tree != digest:
            usable = difference is not None and difference.before == known.tree
            if not is_current(known.reads, tree, difference if usable else None):
                return True
            self._cache[delivery] = replace(known, tree=digest)
        return False

    def forget(self, delivery: ObjectRef) -> None:
        if self._cache.pop(delivery, None) is not None:
            self._store.forget(delivery)


def _key(delivery: Delivery, inputs: Sequence[Manifest]) -> str:
    """Of the inputs only a digest is kept: some are secret."""
    data = [[item.get("kind"), item["metadata"].get("name"), item.get("data")] for item in inputs]
    return digest_of([delivery.render_key, digest_of(data)])
