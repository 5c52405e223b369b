"""Which replica serves which shards: decided by each for itself, from the same Leases.

Nobody assigns anything. What a replica takes, it takes by a write that only one can win, so that
views which differ for a moment cost a moment and no more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from trueup.controllers.replicas.shard import favourite


@dataclass(frozen=True, slots=True)
class Seats:
    """Who holds what now, of those who live; "" is nobody."""

    holders: Mapping[int, str]
    """By shard."""
    standby: str = ""
    """A replica that has no shard, and waits for one."""

    @property
    def free(self) -> list[int]:
        return [shard for shard, holder in self.holders.items() if not holder]

    def counts(self, me: str) -> Counter[str]:
        """How many shards each replica has that is known to live."""
        counts = Counter(holder for holder in self.holders.values() if holder)
        counts.update({replica: 0 for replica in (me, self.standby) if replica})
        return counts


def shard_to_take(seats: Seats, me: str) -> int | None:
    """A free shard, if nobody has fewer than ``me``."""
    counts = seats.counts(me)
    if not seats.free or counts[me] > min(counts.values()):
        return None
    return favourite(me, seats.free)


def shard_to_give(seats: Seats, me: str) -> int | None:
    """A shard of ``me`` that somebody else should have, who has at least two fewer.

    One at a time, by whoever has most, and only once what was given before is taken.
    """
    counts = seats.counts(me)
    most = max(counts.values())
    givers = [replica for replica, count in counts.items() if count == most]
    if seats.free or most - min(counts.values()) < 2 or me != min(givers):
        return None
    return max(shard for shard, holder in seats.holders.items() if holder == me)


def stands_by(seats: Seats, me: str) -> bool:
    """Whether ``me`` should let the others know that it has nothing to do."""
    nothing = me not in seats.holders.values() and not seats.free
    return nothing and seats.standby in ("", me)
