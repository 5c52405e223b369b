"""A program that others may feed: run once, within limits, with an environment of its own."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from trueup.sandbox.interpreter import python
from trueup.sandbox.limits import Limits

_LAUNCH = """
import os
from trueup.sandbox.confinement import allow_cpu_time, confine
confine(os.getppid(), int(sys.argv[1]))
allow_cpu_time(int(sys.argv[2]), once=True)
os.execv(sys.argv[3], sys.argv[3:])
"""
_CHUNK = 64 * 1024
_MAX_ERRORS = 64 * 1024


@dataclass(frozen=True, slots=True)
class Finished:
    """How a program ended, and what it said."""

    code: int
    out: bytes
    err: bytes


def run_program(
    command: Sequence[str], environment: Mapping[str, str], folder: Path, limits: Limits
) -> Finished:
    """Runs ``command``, whose first word is a path, in ``folder``.

    Raises SandboxError where it is seen to pass a limit; what else ended it, ``Limits.ended`` tells
    from how it finished. It ends with all that it started, whatever happens.
    """
    process = subprocess.Popen(  # noqa: S603 - no shell, and the caller names the program
        python(_LAUNCH, limits.memory_bytes, limits.cpu_seconds, *command),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=folder,
        env=dict(environment),
        start_new_session=True,
    )
    with process:
        try:
            out, err = _read(process, limits)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            used = _wait(process)
    if process.returncode < 0 and used >= limits.cpu_seconds:
        raise limits.too_busy()
    return Finished(process.returncode, out, err)


def _wait(process: subprocess.Popen[bytes]) -> float:
    """Seconds of CPU time that it used in all."""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return usage.ru_utime + usage.ru_stime


def _read(process: subprocess.Popen[bytes], limits: Limits) -> tuple[bytes, bytes]:
    """Standard output and error, until both are closed or a limit is passed."""
    assert process.stdout is not None
    assert process.stderr is not None
    out, err = process.stdout.fileno(), process.stderr.fileno()
    said = {out: bytearray(), err: bytearray()}
    deadline = time.monotonic() + limits.wall_seconds
    with selectors.DefaultSelector() as selector:
        for pipe in said:
            selector.register(pipe, selectors.EVENT_READ)
        while selector.get_map():
            left = deadline - time.monotonic()
            if left <= 0:
                raise limits.too_slow()
            for key, _ in selector.select(left):
                chunk = os.read(key.fd, _CHUNK)
                if not chunk:
                    selector.unregister(key.fd)
                said[key.fd] += chunk
                if len(said[out]) > limits.output_bytes:
                    raise limits.too_much()
                del said[err][_MAX_ERRORS:]
    return bytes(said[out]), bytes(said[err])
