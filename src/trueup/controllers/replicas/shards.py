"""Work that several replicas share: each shard of it is done by whoever holds the shard's Lease.

With one shard that is the election of a leader. A replica begins each shard with nothing
remembered, and with a client that sends nothing once the Lease may be somebody else's. Who takes
what is decided in ``balance``, when a Lease is ours in ``lease``.
"""

from __future__ import annotations

import asyncio
import logging
import random
import re
import secrets
import socket
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from trueup.cluster import Client
from trueup.controllers.clock import Clock
from trueup.controllers.replicas.balance import Seats, shard_to_give, shard_to_take, stands_by
from trueup.controllers.replicas.leader import Election
from trueup.controllers.replicas.lease import Sighting, Standing, Terms
from trueup.controllers.replicas.shard import Shard
from trueup.errors import AlreadyExists, Conflict, NotFound, TrueupError
from trueup.objects import Manifest, ObjectRef

log = logging.getLogger(__name__)

Work = Callable[[Shard, Client], Awaitable[None]]
"""What is done for a shard, by that client alone, until it is cancelled."""

DEFAULT = Terms()
STANDBY = "standby"
_HURRY_SECONDS = 0.1


def new_identity() -> str:
    """A name for this process that no other has: not even the next one on this host."""
    return f"{socket.gethostname()}_{secrets.token_hex(8)}"


class Shards:
    """One replica's part in the work on ``count`` shards; ``lease`` names all Leases of it."""

    def __init__(
        self,
        client: Client,
        lease: ObjectRef,
        count: int = 1,
        *,
        clock: Clock | None = None,
        terms: Terms = DEFAULT,
    ) -> None:
        self.me = new_identity()
        self._client = client
        self._lease = lease
        self.count = count
        self._clock = clock or Clock()
        self._terms = terms
        self._seats = {number: self._election(str(number)) for number in range(count)}
        self._standby = self._election(STANDBY)
        self._others: dict[str, Standing] = {}
        """Leases of replicas that were started with another number of shards."""
        self._tasks: dict[Election, asyncio.Task[bool]] = {}
        """What is kept, and worked on: from before the first line of work to after the last."""
        self._problem = "has not seen the Lease yet"
        self._said = ""

    @property
    def problem(self) -> str:
        """Why this replica could not take over; empty while it works, or could if it had to."""
        return self._problem or next((s.problem for s in self._tasks if s.problem), "")

    @property
    def served(self) -> list[Shard]:
        """What this replica works on now."""
        return [
            Shard(number, self.count) for number, seat in self._seats.items() if self._has(seat)
        ]

    async def run(self, work: Work) -> None:
        """Do ``work`` for what falls to this replica, until cancelled, or until it ends by itself.

        It is cancelled for a shard that is lost, and begins anew when it is won again. In the end
        all is released, so that the next one need not wait.
        """
        try:
            while not await self._pause(await self._step(work)):
                pass
        finally:
            await self._leave()

    async def _pause(self, seconds: float) -> bool:
        """Wait, or until something ends: whether it was work that ended by itself."""
        if not self._tasks:
            await asyncio.sleep(seconds)
            return False
        tasks = self._tasks.values()
        await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        ended = [seat for seat, task in self._tasks.items() if task.done()]
        results = [_result(self._tasks.pop(seat)) for seat in ended]
        return any(results)

    async def _leave(self) -> None:
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        # An answer that never came may have been a yes.
        await asyncio.gather(*(seat.release() for seat in [*self._seats.values(), self._standby]))

    # Looking and deciding

    async def _step(self, work: Work) -> float:
        """Look, decide and act once; how many seconds to wait before the next time."""
        if self.count == 1 and self._tasks:
            return self._terms.retry  # there is nothing else to take, nor to give
        try:
            async with asyncio.timeout(self._terms.deadline):
                await self._look()
                wait = await self._act(work)
        except (AlreadyExists, Conflict, NotFound):  # somebody was quicker
            return _HURRY_SECONDS
        except (TrueupError, TimeoutError) as error:
            self._problem = f"{self._lease}: {error or 'no answer in time'}"
            self._say(logging.WARNING, self._problem)
            return self._terms.retry
        self._problem = ""
        return wait

    async def _look(self) -> None:
        """One list shows all Leases, of whatever number of shards."""
        listing = await self._client.list(self._lease.gvk, self._lease.namespace)
        pattern = re.compile(rf"{re.escape(self._lease.name)}(-(\d+|{STANDBY}))?")
        names = [(item["metadata"]["name"], item) for item in listing.items]
        found = {name: item for name, item in names if pattern.fullmatch(name)}
        for seat in [*self._seats.values(), self._standby]:
            lease = found.pop(seat.ref.name, None)
            if seat not in self._tasks:  # of what is kept, the keeper knows better
                seat.saw(lease)
        self._others = self._seen(found)

    def _seen(self, leases: Mapping[str, Manifest]) -> dict[str, Standing]:
        """Also those that are gone: whoever held one may not know yet."""
        now = self._clock.seconds()
        return {
            name: self._others.get(name, Standing()).saw(leases.get(name), now)
            for name in {*self._others, *leases}
        }

    async def _act(self, work: Work) -> float:
        if stranger := self._stranger():
            await self._yield_to(stranger)
            return self._terms.retry
        seats = self._table()
        if (shard := shard_to_take(seats, self.me)) is not None:
            return await self._take(shard, work)
        if (shard := shard_to_give(seats, self.me)) is not None:
            log.info("%s gives %s to another replica", self.me, Shard(shard, self.count))
            await self._stop(self._seats[shard])
        await self._stand_by(seats)
        return min([self._terms.retry, *filter(None, map(self._seconds_left, self._foreign()))])

    def _table(self) -> Seats:
        holders = {number: self._holder(seat) for number, seat in self._seats.items()}
        return Seats(holders, self._holder(self._standby))

    def _holder(self, seat: Election) -> str:
        if seat in self._tasks:
            return self.me
        holder = seat.seen.holder if seat.seen and self._seconds_left(seat.seen) else ""
        return "" if holder == self.me else holder  # ours to take back, after it was lost

    def _has(self, seat: Election) -> bool:
        return seat in self._tasks and seat.leads

    # Acting

    async def _take(self, shard: int, work: Work) -> float:
        seat, part = self._seats[shard], Shard(shard, self.count)
        if not await seat.take():
            return self._terms.retry
        # Replicas with another number of shards may have begun just now. They look, as we do, when
        # they have written: so at least one of two sees the other.
        await self._look()
        if self._stranger():
            await seat.release()
            return random.uniform(0, self._terms.retry)  # noqa: S311 - so that one comes first
        log.info("%s serves %s: it holds %s", self.me, part, seat.ref)
        client = self._client.fenced(lambda: seat.leads)
        self._start(seat, lambda: work(part, client))
        await self._stop(self._standby)
        self._said = ""
        return 0

    def _start(self, seat: Election, work: Callable[[], Awaitable[None]]) -> None:
        self._tasks[seat] = asyncio.create_task(self._keep(seat, work))

    async def _keep(self, seat: Election, work: Callable[[], Awaitable[None]]) -> bool:
        try:
            ended = await seat.lead(work)
        except asyncio.CancelledError:
            await seat.release()
            raise
        if not ended:
            log.warning("%s lost %s: it was not renewed in time, or taken", self.me, seat.ref)
        return ended

    async def _stop(self, seat: Election) -> None:
        """End the work there, and only then let somebody else have it."""
        task = self._tasks.get(seat)
        if task is not None:
            task.cancel()
            await asyncio.wait((task,))
            del self._tasks[seat]
            _result(task)

    async def _stand_by(self, seats: Seats) -> None:
        if self.me in seats.holders.values():
            await self._stop(self._standby)
            return
        self._say_waiting(seats)
        is_wanted = self.count > 1 and stands_by(seats, self.me)
        if is_wanted and self._standby not in self._tasks and await self._standby.take():
            self._start(self._standby, _wait_for_ever)

    def _say_waiting(self, seats: Seats) -> None:
        holders = ", ".join(sorted({holder for holder in seats.holders.values() if holder}))
        if self.count == 1:
            self._say(logging.INFO, f"waiting: {holders} leads, and holds {self._lease}")
        else:
            self._say(logging.INFO, f"waiting: {holders} serve all {self.count} shards")

    async def _yield_to(self, stranger: Sighting) -> None:
        """Two numbers of shards would let two replicas work on one delivery."""
        await self._stop(self._standby)
        if not self.served:
            mine = f"waiting: this replica was started with --shards {self.count}"
            theirs = f"{stranger.holder} works with --shards {stranger.shards}"
            self._say(logging.WARNING, f"{mine}, and {theirs}; it begins when all such have ended")

    def _stranger(self) -> Sighting | None:
        """A replica that lives, and that was started with another number of shards."""
        found = [seen for seen in self._foreign() if seen.shards != self.count]
        return next((seen for seen in found if self._seconds_left(seen)), None)

    # What the Leases say

    def _foreign(self) -> list[Sighting]:
        """What the Leases said that we do not keep."""
        seats = [seat for seat in [*self._seats.values(), self._standby] if seat not in self._tasks]
        seen = [*(seat.seen for seat in seats), *(other.seen for other in self._others.values())]
        return [each for each in seen if each is not None and each.holder != self.me]

    def _seconds_left(self, seen: Sighting) -> float:
        return seen.seconds_left(self._clock.seconds(), self._terms)

    def _election(self, what: str) -> Election:
        is_only = self.count == 1 and what != STANDBY
        name = self._lease.name if is_only else f"{self._lease.name}-{what}"
        ref = replace(self._lease, name=name)
        return Election(self._client, ref, self.me, self.count, self._clock, self._terms)

    def _say(self, level: int, text: str) -> None:
        """Once, not at every look."""
        if text != self._said:
            log.log(level, text)
        self._said = text


def _result(task: asyncio.Task[bool]) -> bool:
    """What a task says that has ended; one that was cancelled says nothing."""
    return not task.cancelled() and task.result()


async def _wait_for_ever() -> None:
    await asyncio.Event().wait()
