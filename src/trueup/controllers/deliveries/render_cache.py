"""Rendering a delivery only when something that it read has changed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from trueup.controllers.deliveries.rendering_store import RenderingStore
from trueup.errors import TrueupError
from trueup.flow import Delivery, Rendering, digest_of
from trueup.objects import Manifest, ObjectRef
from trueup.plan.mask import is_secret
from trueup.render.bounds import check_object_count
from trueup.tree import BoundedTree, Difference, Reads, RecordingTree, Tree, is_current

_MOST_WAITING = 16
"""Renderings that may wait for a service have threads of their own: others need not wait, too."""

_Made = tuple[Reads, Rendering]


class StillMaking(TrueupError):
    """The rendering takes its time; ``on_made`` is told when there is something to come for."""


@dataclass(frozen=True, slots=True)
class _Making:
    of: tuple[str, str | None]
    """Key, and digest of the tree."""
    made: asyncio.Future[_Made]


@dataclass(frozen=True, slots=True)
class _Cached:
    key: str
    reads: Reads
    rendering: Rendering
    tree: str | None
    """The digest of the latest tree that would give the same."""


class RenderCache:
    """The latest rendering of each delivery, with what it was made of.

    What is in ``store`` outlives the process. ``on_made`` hears of what was ``StillMaking``.
    """

    def __init__(self, store: RenderingStore, on_made: Callable[[ObjectRef], None]) -> None:
        self._store = store
        self._on_made = on_made
        self._cache: dict[ObjectRef, _Cached] = {}
        self._making: dict[ObjectRef, _Making] = {}
        self._patient = ThreadPoolExecutor(_MOST_WAITING, "rendering that may wait")
        self.made = 0
        """How many renderings were really made."""
        self.held_seconds = 2.0
        """How long a look waits for one that may wait itself, and as a rule takes much less."""

    async def render(self, delivery: Delivery, tree: Tree, inputs: Sequence[Manifest]) -> Rendering:
        """What ``delivery`` wants from ``tree``; raises InputError where it cannot be rendered.

        StillMaking for one that waits for others: that is no reason to hold a worker.
        """
        key = _key(delivery, inputs)
        known = self._cache.get(delivery.ref)
        if known is not None and known.key == key and not self.is_affected(delivery.ref, tree):
            return known.rendering
        # In a thread, so that a large rendering does not hold up watches and leases.
        make = partial(self._kept_or_made, known is None, key, delivery, tree, inputs)
        reads, rendering = await (
            self._soon(delivery.ref, (key, tree.digest("")), make)
            if delivery.waits
            else asyncio.to_thread(make)
        )
        self._cache[delivery.ref] = _Cached(key, reads, rendering, tree.digest(""))
        return rendering

    async def _soon(
        self, ref: ObjectRef, of: tuple[str, str | None], make: Callable[[], _Made]
    ) -> _Made:
        making = self._making.get(ref)
        if making is None or making.of != of:
            made = asyncio.get_running_loop().run_in_executor(self._patient, make)
            made.add_done_callback(_heard)
            making = self._making[ref] = _Making(of, made)
            await asyncio.wait({made}, timeout=self.held_seconds)
            if not made.done():
                made.add_done_callback(partial(self._tell, ref))
        if not making.made.done():
            raise StillMaking("waits for a service that keeps keys")
        del self._making[ref]
        return making.made.result()

    def _tell(self, ref: ObjectRef, made: asyncio.Future[_Made]) -> None:
        making = self._making.get(ref)
        if making is not None and making.made is made:
            self._on_made(ref)

    def _kept_or_made(
        self, is_first: bool, key: str, delivery: Delivery, tree: Tree, inputs: Sequence[Manifest]
    ) -> _Made:
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

    def close(self) -> None:
        """What has not begun is not made any more."""
        self._patient.shutdown(wait=False, cancel_futures=True)

    def forget(self, delivery: ObjectRef) -> None:
        self._making.pop(delivery, None)
        if self._cache.pop(delivery, None) is not None:
            self._store.forget(delivery)


def _heard(made: asyncio.Future[_Made]) -> None:
    """An error is raised to whoever comes for it; nobody may come any more."""
    if not made.cancelled():
        made.exception()


def _key(delivery: Delivery, inputs: Sequence[Manifest]) -> str:
    """Of the inputs only a digest is kept: some are secret."""
    return digest_of([delivery.render_key, digest_of(list(map(_read_of, inputs)))])


def _read_of(item: Manifest) -> list[Any]:
    """What a rendering goes by: the data; of a ServiceAccount, who it is elsewhere."""
    kind, metadata = item.get("kind"), item["metadata"]
    found = [kind, metadata.get("name"), item.get("data")]
    return [*found, metadata.get("annotations")] if kind == "ServiceAccount" else found
