"""The live state of delivered objects in one cluster, known from watches and never from polls.

Each object is reduced to a ``Live`` value as its event arrives and then let go. One watch per kind
covers the objects that carry the ownership label; an object that health checks name, but that is
not delivered, gets a watch of its own, while they do.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime

from trueup.cluster import Client, Informer
from trueup.errors import ApiError
from trueup.flow import Conventions
from trueup.objects import GroupKind, GroupVersionKind, Manifest, ObjectRef
from trueup.observe.fingerprint import fingerprint
from trueup.observe.object_watches import ObjectWatches
from trueup.plan.decide import Live

OnChange = Callable[[ObjectRef], None]

SYNC_SECONDS = 20.0
"""How long the first list of a kind may take before the delivery that needs it has to wait."""


class Watches:
    """What is live in one cluster, of the objects that a dialect's deliveries own."""

    def __init__(
        self,
        client: Client,
        conventions: Conventions,
        on_change: OnChange,
        now: Callable[[], datetime],
    ) -> None:
        self._client = client
        self._conventions = conventions
        self._on_change = on_change
        self._now = now
        self._kinds: dict[GroupKind, Informer[Live]] = {}
        self._single = ObjectWatches(self._of_one)
        self._tasks: dict[Informer[Live], asyncio.Task[None]] = {}
        self._ruled: set[tuple[str, str]] = set()

    def tell_every_change(self, group: str, kind: str) -> None:
        """From now on each new version of such an object counts as a change; no kind: of all."""
        self._ruled.add((group, kind))

    def live(self, ref: ObjectRef) -> Live | None:
        """What is remembered of ``ref``; None if it is not there, or not marked as ours."""
        informer = self._kinds.get(ref.group_kind)
        found = informer.get(ref) if informer else None
        return self._single.get(ref) if found is None else found

    async def cover(self, kinds: Iterable[GroupVersionKind]) -> None:
        """Watch the owned objects of ``kinds``; returns when all are known.

        Raises ApiError where a kind cannot be listed in time.
        """
        wanted = {kind.group_kind: kind for kind in kinds}
        for key, gvk in wanted.items():
            if key not in self._kinds:
                informer = Informer(
                    self._client,
                    gvk,
                    self.reduce,
                    on_change=self._changed,
                    label_selector=self._conventions.label,
                )
                self._kinds[key] = informer
                self._start(informer)
        await self._synced([self._kinds[key] for key in wanted])

    async def cover_objects(self, watcher: ObjectRef, refs: Iterable[ObjectRef]) -> None:
        """Watch single objects for ``watcher``, whoever owns them, and no other ones any more.

        Returns when they are known. Raises ApiError as ``cover``.
        """
        await self._synced(self._single.want(watcher, refs))

    def forget(self, watcher: ObjectRef) -> None:
        """Nobody watches single objects for ``watcher`` any more."""
        self._single.want(watcher, ())

    def learn(self, obj: Manifest) -> None:
        """Take note of an object that the server just showed, ahead of its watch event."""
        informer = self._kinds.get(ObjectRef.of(obj).group_kind)
        if informer is not None:
            informer.learn(obj)

    def reduce(self, obj: Manifest) -> Live:
        """What is remembered of a live object."""
        metadata, version = obj["metadata"], obj["metadata"].get("resourceVersion", "")
        group, kind = ObjectRef.of(obj).group_kind
        is_ruled = (group, kind) in self._ruled or (group, "") in self._ruled
        status, message = self._conventions.health(obj, self._now())
        return Live(
            uid=metadata.get("uid", ""),
            digest=fingerprint(obj, self._conventions.manager),
            health=status,
            message=message,
            controls=self._conventions.controls(obj),
            deleting=bool(metadata.get("deletionTimestamp")),
            state=version if is_ruled else "",
            resource_version=version,
        )

    async def close(self) -> None:
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        self._tasks.clear()
        await self._single.close()

    def _of_one(self, ref: ObjectRef) -> Informer[Live]:
        return Informer(
            self._client,
            ref.gvk,
            self.reduce,
            on_change=self._changed,
            namespace=ref.namespace,
            field_selector=f"metadata.name={ref.name}",
        )

    def _start(self, informer: Informer[Live]) -> None:
        self._tasks[informer] = asyncio.create_task(informer.run())

    async def _synced(self, informers: list[Informer[Live]]) -> None:
        waiting = [informer for informer in informers if not informer.synced]
        with suppress(TimeoutError):
            async with asyncio.timeout(SYNC_SECONDS):
                for informer in waiting:
                    await informer.wait_answered()
        if missing := [informer for informer in waiting if not informer.synced]:
            problem = next((i.problem for i in missing if i.problem), None)
            kinds = ", ".join(sorted({i.gvk.kind for i in missing}))
            raise ApiError(
                f"cannot list {kinds}: {problem or 'no answer'}", reason="Timeout"
            ) from problem

    def _changed(self, ref: ObjectRef, before: Live | None, now: Live | None) -> None:
        self._on_change(ref)
