"""The ConfigMaps and Secrets that renderings read: watched, so that a change is seen at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress

from trueup.cluster import Client, Informer
from trueup.errors import InputError, Unavailable
from trueup.objects import Manifest, ObjectRef

_SYNC_SECONDS = 20.0


class Inputs:
    """Objects by reference, with the deliveries that read them."""

    def __init__(
        self,
        client: Client,
        on_change: Callable[[ObjectRef], None],
        *,
        if_missing: str = "create it, or mark it optional",
    ) -> None:
        self._client = client
        self._on_change = on_change
        self._if_missing = if_missing
        self._informers: dict[ObjectRef, Informer[Manifest]] = {}
        self._tasks: dict[ObjectRef, asyncio.Task[None]] = {}
        self._readers: dict[ObjectRef, set[ObjectRef]] = {}
        self._wanted: dict[ObjectRef, set[ObjectRef]] = {}

    async def read(
        self, reader: ObjectRef, wanted: Iterable[tuple[ObjectRef, bool]]
    ) -> list[Manifest]:
        """The objects in order, for the delivery ``reader``, which hears of their changes.

        Each comes with whether it may be absent; InputError for one that may not be.
        """
        wanted = list(wanted)
        self._subscribe(reader, {ref for ref, _ in wanted})
        found = []
        for ref, optional in wanted:
            await self._synced(ref)
            obj = self._informers[ref].get(ref)
            if obj is not None:
                found.append(obj)
            elif not optional:
                raise InputError(f"{ref} not found", next_step=self._if_missing)
        return found

    async def _synced(self, ref: ObjectRef) -> None:
        informer = self._informers[ref]
        with suppress(TimeoutError):
            async with asyncio.timeout(_SYNC_SECONDS):
                await informer.wait_answered()
        if not informer.synced:
            cause = f"cannot be read: {informer.problem or 'no answer'}"
            raise Unavailable(cause, subject=str(ref)) from informer.problem

    def forget(self, reader: ObjectRef) -> None:
        if reader in self._wanted:
            self._subscribe(reader, set())
            del self._wanted[reader]

    async def close(self) -> None:
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    def _subscribe(self, reader: ObjectRef, refs: set[ObjectRef]) -> None:
        before = self._wanted.get(reader, set())
        for ref in before - refs:
            self._readers[ref].discard(reader)
            if not self._readers[ref]:
                self._stop(ref)
        self._wanted[reader] = refs
        for ref in refs - before:
            self._readers.setdefault(ref, set()).add(reader)
            if ref not in self._informers:
                self._start(ref)

    def _start(self, ref: ObjectRef) -> None:
        informer: Informer[Manifest] = Informer(
            self._client,
            ref.gvk,
            lambda obj: obj,
            on_change=lambda changed, before, now: self._tell(changed),
            namespace=ref.namespace,
            field_selector=f"metadata.name={ref.name}",
        )
        self._informers[ref] = informer
        self._tasks[ref] = asyncio.create_task(informer.run())

    def _stop(self, ref: ObjectRef) -> None:
        del self._readers[ref], self._informers[ref]
        self._tasks.pop(ref).cancel()

    def _tell(self, ref: ObjectRef) -> None:
        for reader in self._readers.get(ref, ()):
            self._on_change(reader)
