"""One program of a Kubernetes control plane as a child process."""

from __future__ import annotations

import asyncio
import signal
from asyncio.subprocess import DEVNULL, STDOUT, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from trueup.testing.orphans import DIE_WITH_US


class KubeProgram:
    """``program`` with ``options``, its log in ``folder``; it can be started again after its end."""

    def __init__(self, program: Path, options: Mapping[str, object], folder: Path) -> None:
        self._command = [str(program), *(f"--{name}={value}" for name, value in options.items())]
        self._process: Process | None = None
        self.log = folder / f"{program.name}.log"

    @asynccontextmanager
    async def running(self) -> AsyncIterator[KubeProgram]:
        await self.start()
        try:
            yield self
        finally:
            await self.kill()

    @property
    def has_ended(self) -> bool:
        return self._process is None or self._process.returncode is not None

    async def start(self) -> None:
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *DIE_WITH_US,
                *self._command,
                stdin=DEVNULL,
                stdout=log,
                stderr=STDOUT,
                start_new_session=True,
            )

    async def kill(self) -> None:
        """kill -9: its data are thrown away or outlive it, so there is nothing to end in order."""
        process, self._process = self._process, None
        if process is not None:
            if process.returncode is None:
                process.kill()
            await process.wait()

    def pause(self) -> None:
        """It stays, and does nothing any more: SIGSTOP."""
        self._send(signal.SIGSTOP)

    def resume(self) -> None:
        """It goes on where it was paused."""
        self._send(signal.SIGCONT)

    def _send(self, number: signal.Signals) -> None:
        if self._process is None:
            raise RuntimeError(f"{self._command[0]} does not run")
        self._process.send_signal(number)

    def last_words(self) -> str:
        """The last lines of its log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-10:])
