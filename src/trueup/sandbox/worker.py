"""One worker process as its parent sees it: started, asked, and killed."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import IO

import orjson

from trueup import errors
from trueup.errors import InputError, SandboxError, TrueupError
from trueup.sandbox import frames
from trueup.sandbox.conversation import Conversation, HungUp
from trueup.sandbox.frames import ANSWER, Kind
from trueup.sandbox.interpreter import python
from trueup.sandbox.limits import Limits

_BOOT = """
from trueup.sandbox.inside import serve
serve(*map(int, sys.argv[1:]))
"""

# Linux ends a child with the *thread* that started it, and threads of pools come and go. This one
# ends with the process.
_STARTER = ThreadPoolExecutor(1, thread_name_prefix="trueup-sandbox")


class Worker:
    """A fresh interpreter that knows the import path, and nothing else of its parent.

    It has ``environment`` for its own, no file of the parent's, no network where the system allows
    that, and dies with the parent. Not for several threads at once: a ``Pool`` sees to that.
    """

    def __init__(self, limits: Limits, environment: Mapping[str, str]) -> None:
        self._limits = limits
        self._process = _STARTER.submit(_start, limits, environment).result()
        to_worker, from_worker, complaints = _numbers(self._process)
        self._conversation = Conversation(to_worker, from_worker, complaints, limits)
        self.usable = True
        """Whether it may be asked again: not before a clean answer, and not when it is worn."""

    @property
    def pid(self) -> int:
        return self._process.pid

    def call(self, function: str, payload: bytes) -> bytes:
        """What ``function`` (``module:name``) gives for ``payload``.

        Raises SandboxError if it hits a limit or the worker dies, the InputError that it raised, or
        TrueupError for a defect in it.
        """
        self.usable = False
        try:
            told = self._conversation.ask(frames.request(function, payload))
        except HungUp:
            raise self._death() from None
        kind, worn, _ = ANSWER.unpack_from(told)
        self.usable = not worn
        answer = told[ANSWER.size :]
        if kind == Kind.RESULT:
            return answer
        raise self._error(kind, answer, function)

    def is_alive(self) -> bool:
        return self._process.poll() is None

    def kill(self) -> None:
        """End it at once. Doing so twice does no harm."""
        self.usable = False
        self._process.kill()
        self._process.wait()
        for pipe in _pipes(self._process):
            pipe.close()

    def _error(self, kind: int, answer: bytes, function: str) -> TrueupError:
        match kind:
            case Kind.REFUSAL:
                return _refusal(answer)
            case Kind.NO_MEMORY:
                return self._limits.too_big()
            case Kind.TOO_MUCH:
                return self._limits.too_much()
        return TrueupError(
            f"{function} failed for a reason unknown to Trueup ({answer.decode()})",
            next_step="report it, with what it was given",
        )

    def _death(self) -> SandboxError:
        code = self._process.wait()
        return self._limits.ended(code, self._conversation.hear_out())


def _start(limits: Limits, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    numbers = (os.getpid(), limits.cpu_seconds, limits.memory_bytes, limits.output_bytes)
    process = subprocess.Popen(  # noqa: S603 - our own interpreter, on a text of ours
        python(_BOOT, *numbers),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
        cwd="/",
        env=dict(environment),
        start_new_session=True,
    )
    to_worker, _, complaints = _numbers(process)
    os.set_blocking(to_worker, False)
    os.set_blocking(complaints, False)
    return process


def _pipes(process: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes], IO[bytes]]:
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    return process.stdin, process.stdout, process.stderr


def _numbers(process: subprocess.Popen[bytes]) -> tuple[int, int, int]:
    to_worker, from_worker, complaints = _pipes(process)
    return to_worker.fileno(), from_worker.fileno(), complaints.fileno()


def _refusal(told: bytes) -> InputError:
    """The error that was raised in the worker, as far as it is one of ours."""
    fields = orjson.loads(told)
    kind = getattr(errors, fields.pop("type"), InputError)
    assert issubclass(kind, InputError)
    error: InputError = kind(fields.pop("cause"), **fields)
    return error
