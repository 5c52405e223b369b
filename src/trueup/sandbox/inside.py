"""What runs in a worker: it gives up what it does not need, then answers until nobody asks."""

from __future__ import annotations

import os
import resource
from collections.abc import Callable
from importlib import import_module
from typing import BinaryIO

from trueup.errors import InputError
from trueup.sandbox.confinement import allow_cpu_time, confine
from trueup.sandbox.frames import REQUEST, Kind, answer


def serve(parent: int, cpu_seconds: int, memory_bytes: int, output_bytes: int) -> None:
    """Answer what comes on standard input until it ends; ``parent`` is who started this process."""
    requests, answers = _take_pipes()
    confine(parent, memory_bytes)
    worn = False
    while not worn and (header := requests.read(REQUEST.size)):
        name_size, size = REQUEST.unpack(header)
        name, payload = requests.read(name_size).decode(), requests.read(size)
        allow_cpu_time(cpu_seconds)
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
    import orjson  # it takes as long to load as all the rest

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
        file = os.open("/proc/self/statm", os.O_RDONLY)
    except OSError:
        return 0
    try:
        return int(os.read(file, 256).split()[5]) * resource.getpagesize()
    finally:
        os.close(file)
