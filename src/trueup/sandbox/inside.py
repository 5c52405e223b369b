"""What runs in a worker: it gives up what it does not need, then answers until nobody asks.

The order in ``serve`` matters: losing the network changes the credentials of the process, and that
would make the kernel forget that it is to die with its parent.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import BinaryIO

import orjson

from trueup.errors import InputError
from trueup.sandbox.frames import REQUEST, Kind, answer

_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000
_SET_PARENT_DEATH_SIGNAL, _SET_NO_NEW_PRIVILEGES = 1, 38
_OPEN_FILES = 64
_MEMORY = Path("/proc/self/statm")


def serve(parent: int, cpu_seconds: int, memory_bytes: int, output_bytes: int) -> None:
    """Answer what comes on standard input until it ends; ``parent`` is who started this process."""
    requests, answers = _take_pipes()
    if sys.platform == "linux":
        _leave_network()
        _die_with(parent)
    _give_up(memory_bytes)
    worn = False
    while not worn and (header := requests.read(REQUEST.size)):
        name_size, size = REQUEST.unpack(header)
        name, payload = requests.read(name_size).decode(), requests.read(size)
        _allow_cpu_time(cpu_seconds)
        kind, result = _run(name, payload)
        if len(result) > output_bytes:
            kind, result = Kind.TOO_MUCH, b""
        worn = kind in (Kind.NO_MEMORY, Kind.DEFECT) or _memory_in_use() > memory_bytes // 2
        answers.write(answer(kind, result, worn=worn))
        answers.flush()


def _take_pipes() -> tuple[BinaryIO, BinaryIO]:
    """The pipes under numbers of their own: what prints must not end up in an answer."""
    requests = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return requests, answers


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


def _allow_cpu_time(seconds: int) -> None:
    """The kernel counts from the start of the process, so the bound moves with each request."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    bound = int(used.ru_utime + used.ru_stime) + 1 + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (bound, resource.RLIM_INFINITY))


def _run(name: str, payload: bytes) -> tuple[Kind, bytes]:
    try:
        return Kind.RESULT, _function(name)(payload)
    except InputError as error:
        return Kind.REFUSAL, _refusal(error)
    except MemoryError:
        return Kind.NO_MEMORY, b""
    except Exception as error:  # its text may hold anything
        return Kind.DEFECT, type(error).__name__.encode()


def _refusal(error: InputError) -> bytes:
    told = {
        "type": type(error).__name__,
        "cause": error.cause,
        "subject": error.subject,
        "next_step": error.next_step,
    }
    return orjson.dumps(told)


def _function(name: str) -> Callable[[bytes], bytes]:
    module, _, attribute = name.partition(":")
    function: Callable[[bytes], bytes] = getattr(import_module(module), attribute)
    return function


def _memory_in_use() -> int:
    """Bytes that this process may write to; 0 where the system does not tell."""
    try:
        return int(_MEMORY.read_bytes().split()[5]) * resource.getpagesize()
    except OSError:
        return 0
