"""A ``trueup`` that runs on as a child process: started, waited for, stopped, paused, or killed."""

from __future__ import annotations

import asyncio
import os
import shlex
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from pathlib import Path

from trueup.testing.orphans import DIE_WITH_US
from trueup.testing.patience import PATIENCE


class ChildError(Exception):
    """It did not start; the message ends with the last lines of its log."""


TRUEUP = (sys.executable, "-m", "trueup")


class Child:
    """``trueup ARGUMENTS``, its log in ``log``; ``sign`` is what it says before ``url`` once it is up.

    ``program``: another one that behaves so.
    """

    def __init__(
        self, log: Path, *arguments: str, sign: str, program: Sequence[str] = TRUEUP
    ) -> None:
        self.log = log
        self.url = ""
        self._arguments = arguments
        self._sign = sign
        self._program = program
        self._process: Process | None = None

    @property
    def command(self) -> str:
        return shlex.join(("trueup", *self._arguments))

    @property
    def pid(self) -> int:
        """The process id; RuntimeError if it does not run."""
        if self._process is None:
            raise RuntimeError("it is not started")
        return self._process.pid

    async def start(self, *, timeout: float = PATIENCE) -> None:
        """Start it and wait until it is up; ChildError if it ends or stays silent instead."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            # A group of its own: Ctrl-C reaches whoever started it, who then ends it in order.
            self._process = await asyncio.create_subprocess_exec(
                *(*DIE_WITH_US, *self._program, *self._arguments),
                stdout=PIPE,
                stderr=log,
                start_new_session=True,
            )
        try:
            async with asyncio.timeout(timeout):
                self.url = await self._read_url(self._process)
        except TimeoutError:
            await self.kill()
            raise ChildError(self._excuse(f"it was not up within {timeout:g} s")) from None

    async def _read_url(self, process: Process) -> str:
        assert process.stdout is not None
        async for line in process.stdout:
            _, found, url = line.decode().partition(f"{self._sign} ")
            if found:
                return url.strip()
        code = await process.wait()
        self._process = None
        raise ChildError(self._excuse(f"it ended with exit code {code}"))

    def _excuse(self, what: str) -> str:
        last = self.log.read_text(errors="replace").splitlines()[-10:]
        verb = self._arguments[0]
        return "\n".join([f"trueup {verb}: {what}; its log, {self.log}, ends with:", *last])

    async def stop(self) -> int:
        """Ask it to end, as Ctrl-C would, and wait for that; its exit code."""
        return await self._end(signal.SIGTERM)

    async def kill(self) -> None:
        """End it at once, in the middle of whatever it does: kill -9."""
        await self._end(signal.SIGKILL)

    def pause(self) -> None:
        """It stays, and does nothing any more: SIGSTOP."""
        os.kill(self.pid, signal.SIGSTOP)

    def resume(self) -> None:
        """It goes on where it was paused."""
        os.kill(self.pid, signal.SIGCONT)

    async def _end(self, number: signal.Signals) -> int:
        process, self._process = self._process, None
        if process is None:
            return 0
        if process.returncode is None:
            process.send_signal(number)
        try:
            async with asyncio.timeout(PATIENCE):
                return await process.wait()
        except TimeoutError:
            process.kill()
            return await process.wait()
