"""How much one call may take, and what is said when it takes more."""

from __future__ import annotations

from dataclasses import dataclass

from trueup.errors import SandboxError

MEBIBYTE = 1024 * 1024


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
