"""What a process gives up before it meets what others wrote."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys
from contextlib import suppress

_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000
_SET_PARENT_DEATH_SIGNAL, _SET_NO_NEW_PRIVILEGES = 1, 38
_OPEN_FILES = 64


def confine(parent: int, memory_bytes: int) -> None:
    """Leave the network, die with ``parent``, and take no more memory, files and rights.

    The order matters: losing the network changes the credentials of the process, and that would
    make the kernel forget that it is to die with its parent.
    """
    if sys.platform == "linux":
        _leave_network()
        _die_with(parent)
    _give_up(memory_bytes)


def _leave_network() -> None:
    """Where the system lets it: some containers forbid it, and the limits hold all the same."""
    ctypes.CDLL(None).unshare(_NEW_USER | _NEW_NETWORK)


def _die_with(parent: int) -> None:
    libc = ctypes.CDLL(None)
    libc.prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGKILL)
    libc.prctl(_SET_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def _give_up(memory_bytes: int) -> None:
    """Bounds that only tighten: no core dump, no file written, few files open, so much memory."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_OPEN_FILES, _OPEN_FILES))
    with suppress(ValueError, OSError):  # where the system knows no such bound
        resource.setrlimit(resource.RLIMIT_DATA, (memory_bytes, memory_bytes))


def allow_cpu_time(seconds: int, *, once: bool = False) -> None:
    """From now on, so many: the kernel counts from the start of the process.

    ``once``: it cannot be moved on later. Programs in Go take no notice of the signal that comes
    at a bound that can, and only at one that cannot are they killed.
    """
    used = resource.getrusage(resource.RUSAGE_SELF)
    bound = int(used.ru_utime + used.ru_stime) + 1 + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (bound, bound if once else resource.RLIM_INFINITY))
