"""Which part of all deliveries and sources a replica works on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b

from trueup.objects import ObjectRef


@dataclass(frozen=True, slots=True)
class Shard:
    """One of ``of`` parts of equal size, counted from 0. By default the only one: everything."""

    number: int = 0
    of: int = 1

    def owns(self, ref: ObjectRef) -> bool:
        """Whether ``ref``, a delivery or a source, is in this shard."""
        return self.of == 1 or favourite(f"{ref.namespace}/{ref.name}", range(self.of)) == (
            self.number
        )

    def __str__(self) -> str:
        return f"shard {self.number} of {self.of}" if self.of > 1 else "all deliveries"


ALL = Shard()


def favourite(key: str, numbers: Iterable[int]) -> int:
    """The number that ``key`` prefers among ``numbers``, by rendezvous hashing.

    Keys spread evenly; one more number takes from each of the others only what it gets itself.
    """
    return max(numbers, key=lambda number: _weight(key, number))


def _weight(key: str, number: int) -> bytes:
    return blake2b(f"{number} {key}".encode(), digest_size=8).digest()
