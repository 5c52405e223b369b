"""How much one call may take, and what is said when it takes more."""

from __future__ import annotations

import signal
from dataclasses import dataclass

from trueup.errors import SandboxError

MEBIBYTE = 1024 * 1024

_SIGNS_OF_NO_MEMORY = (
    b"out of memory",
    b"cannot allocate memory",
    b"pthread_create failed",  # there was no room for the stack of a thread
    b"stack overflow",
    b"MemoryError",
    b"bad_alloc",
)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one call in a worker may take; each is a bound of its own.

    ``wall_seconds`` run from the moment the worker is asked; waiting for a free worker is not
    counted. ``cpu_seconds`` are whole seconds on all its threads together. ``memory_bytes`` bound
    what the worker writes to (heap and stacks), not the address space that it only reserves.
    """

    wall_seconds: float = 60.0
    cpu_seconds: int = 20
    memory_bytes: int = 1024 * MEBIBYTE
    output_bytes: int = 64 * MEBIBYTE

    def ended(self, code: int, last_words: bytes) -> SandboxError:
        """Why a process that had these limits is dead, by its exit code and what it said."""
        if code == -signal.SIGXCPU:
            return self.too_busy()
        if any(sign in last_words for sign in _SIGNS_OF_NO_MEMORY):
            return self.too_big()
        how = f"exit code {code}" if code >= 0 else signal.Signals(-code).name
        return SandboxError(
            f"the process that ran it died ({how})",
            next_step="look for what is unusual in it; nothing else was touched",
        )

    def too_slow(self) -> SandboxError:
        return SandboxError(
            f"it was not done within {self.wall_seconds:g} seconds, and was ended",
            limit="wall clock",
            next_step="look for a loop that does not end, or does far too much",
        )

    def too_busy(self) -> SandboxError:
        return SandboxError(
            f"it used more than {self.cpu_seconds} seconds of CPU time, and was ended",
            limit="CPU time",
            next_step="look for a loop that does not end, or does far too much",
        )

    def too_big(self) -> SandboxError:
        return SandboxError(
            f"it needed more than {self.memory_bytes // MEBIBYTE} MiB of memory, and was ended",
            limit="memory",
            next_step="look for a text or a list that grows without bound",
        )

    def too_much(self) -> SandboxError:
        return SandboxError(
            f"it gave more than {self.output_bytes} bytes, which is not taken",
            limit="output",
            next_step="make it give less, or split it",
        )
