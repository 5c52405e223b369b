"""What runs in the workers of these tests: functions that do what hostile code would do."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import sys
import time
from pathlib import Path

from trueup.errors import RenderError


def echo(payload: bytes) -> bytes:
    return payload


def process_id(payload: bytes) -> bytes:
    return str(os.getpid()).encode()


def loop(payload: bytes) -> bytes:
    while True:
        pass


def sleep(payload: bytes) -> bytes:
    time.sleep(3600)
    return b""


def fill_memory(payload: bytes) -> bytes:
    return b"".join([bytes(1024 * 1024) for _ in range(100_000)])


def hold_memory(payload: bytes) -> bytes:
    globals()["held"] = bytearray(int(payload))
    return process_id(payload)


def say_much(payload: bytes) -> bytes:
    return b"a" * int(payload)


def crash(payload: bytes) -> bytes:
    return ctypes.string_at(0)


def leave(payload: bytes) -> bytes:
    os._exit(3)


def abort(payload: bytes) -> bytes:
    os.kill(os.getpid(), signal.SIGABRT)
    return b""


def refuse(payload: bytes) -> bytes:
    raise RenderError("it is wrong", subject="a.yaml", next_step="write it right")


def fail(payload: bytes) -> bytes:
    raise KeyError("the password is hunter2")


def print_much(payload: bytes) -> bytes:
    for stream in (sys.stdout, sys.stderr):
        print("x" * 1_000_000, file=stream, flush=True)
    return b"done"


def environment(payload: bytes) -> bytes:
    return " ".join(os.environ).encode()


def open_files(payload: bytes) -> bytes:
    return str(len(list(Path("/proc/self/fd").iterdir()))).encode()


def write_file(payload: bytes) -> bytes:
    try:
        Path(payload.decode()).write_bytes(b"written")
    except OSError as error:
        return (error.strerror or "").encode()
    return b"written"


def connect(payload: bytes) -> bytes:
    try:
        socket.create_connection(("127.0.0.1", int(payload)), 5).close()
    except OSError as error:
        return (error.strerror or "").encode()
    return b"connected"
