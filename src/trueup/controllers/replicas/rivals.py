"""Watching for controllers of other systems: what lives now, and when that changes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from trueup.cluster import Client, Informer
from trueup.controllers.clock import Clock
from trueup.errors import Forbidden, TrueupError
from trueup.objects import GroupVersionKind, ObjectRef
from trueup.observe.rivals import PART_OF, Hold, Rival, Workload, hold_of, workload_of

WORKLOADS = (
    GroupVersionKind("apps", "v1", "Deployment"),
    GroupVersionKind("apps", "v1", "StatefulSet"),
)
LEASE = GroupVersionKind("coordination.k8s.io", "v1", "Lease")


@dataclass(frozen=True, slots=True)
class Sign:
    """What shows that a rival lives; ``seconds``: for how much longer if nothing is heard."""

    rival: Rival
    ref: ObjectRef
    uid: str
    seconds: float | None = None

    def __str__(self) -> str:
        return f"{self.rival.name} runs ({self.ref})"


class Rivals:
    """The rivals in one cluster, known by watching their workloads and their Leases."""

    def __init__(self, client: Client, rivals: Sequence[Rival], clock: Clock | None = None) -> None:
        self._rivals = rivals
        self._clock = clock or Clock()
        self._heard: dict[ObjectRef, float] = {}
        """When a holder last gave a sign of life, in steady seconds."""
        self._changed = asyncio.Event()
        parts = ",".join(sorted({rival.part_of for rival in rivals}))
        self._workloads: list[Informer[Workload | None]] = [
            Informer(
                client,
                kind,
                lambda obj: workload_of(obj, rivals),
                on_change=self._took_note,
                label_selector=f"{PART_OF} in ({parts})",
            )
            for kind in WORKLOADS
        ]
        names = [rival.lease for rival in rivals if rival.lease and not rival.sharded]
        selectors = [f"metadata.name={name}" for name in sorted(set(names))]
        if any(rival.sharded for rival in rivals):
            selectors = [""]  # their names are not known
        self._holds: list[Informer[Hold | None]] = [
            Informer(
                client,
                LEASE,
                lambda obj: hold_of(obj, rivals),
                on_change=self._heard_of,
                field_selector=selector,
            )
            for selector in selectors
        ]

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[None]:
        """All is known within the block; Forbidden if we may not look."""
        watches: list[Informer[Workload | None] | Informer[Hold | None]]
        watches = [*self._workloads, *self._holds]
        tasks = [asyncio.create_task(watch.run()) for watch in watches]
        try:
            for watch in watches:
                await watch.wait_answered()
                if isinstance(watch.problem, Forbidden):
                    raise _blind(watch.problem)
                await watch.wait_synced()
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    @property
    def exclusive(self) -> list[Rival]:
        return [rival for rival in self._rivals if rival.exclusive]

    def workloads(self) -> list[Workload]:
        found = (workload for watch in self._workloads for _, workload in watch)
        return [workload for workload in found if workload is not None]

    def signs(self) -> list[Sign]:
        """Why rivals are believed to live, in their order; a Lease counts where no workload does."""
        alive = [Sign(w.rival, w.ref, w.uid) for w in self.workloads() if w.lives]
        seen = {(sign.rival, sign.ref.namespace) for sign in alive}
        for hold in self._held():
            left = self._seconds_left(hold)
            if left > 0 and (hold.rival, hold.ref.namespace) not in seen:
                alive.append(Sign(hold.rival, hold.ref, hold.uid, left))
        return sorted(alive, key=lambda sign: self._rivals.index(sign.rival))

    def lives(self, rival: Rival) -> bool:
        return any(sign.rival == rival for sign in self.signs())

    async def wait_change(self) -> None:
        """Returns when the signs may be others than at the last call of it."""
        lasting = [sign.seconds for sign in self.signs() if sign.seconds is not None]
        try:
            async with asyncio.timeout(min(lasting) if lasting else None):
                await self._changed.wait()
        except TimeoutError:
            pass
        self._changed.clear()

    def _held(self) -> list[Hold]:
        found = (hold for watch in self._holds for _, hold in watch)
        return [hold for hold in found if hold is not None]

    def _seconds_left(self, hold: Hold) -> float:
        return self._heard.get(hold.ref, 0.0) + hold.seconds - self._clock.seconds()

    def _heard_of(self, ref: ObjectRef, before: Hold | None, now: Hold | None) -> None:
        """A Lease that changes under our eyes is alive, whatever the clock of its holder says."""
        if now is not None:
            age = 0.0 if before is not None else now.age(self._clock.now())
            self._heard[ref] = self._clock.seconds() - age
        self._changed.set()

    def _took_note(self, ref: ObjectRef, before: object, now: object) -> None:
        self._changed.set()


def _blind(error: Forbidden) -> TrueupError:
    return TrueupError(
        f"cannot tell whether Flux or Argo CD runs in this cluster: {error}",
        next_step="let the account get, list and watch deployments, statefulsets and leases",
    )
