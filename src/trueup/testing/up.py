"""``trueup up`` as a child process: started, asked, stopped, or killed."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from trueup.cluster import Client, HttpTransport
from trueup.cluster.kubeconfig import cluster_config_from_file

_STOP_SECONDS = 15
"""How long a clean end may take before it is cut short."""


class UpError(Exception):
    """``trueup up`` did not start; the message ends with the last lines of its log."""


class Up:
    """One ``trueup up`` with its state in ``folder/data`` and its log in ``folder/log``."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder = folder
        self.url = ""
        self._options = options
        self._process: Process | None = None

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> Path:
        return self.folder / "log"

    @property
    def kubeconfig(self) -> Path:
        return self.data / "kubeconfig"

    @property
    def pid(self) -> int:
        """The process id; RuntimeError if it does not run."""
        if self._process is None:
            raise RuntimeError("it is not started")
        return self._process.pid

    async def start(self, *, timeout: float = 60) -> None:
        """Start it and wait until it serves; UpError if it ends or stays silent instead."""
        self.folder.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "trueup", "up", "--data", str(self.data), *self._options]
        with self.log.open("ab") as log:
            # A group of its own: Ctrl-C reaches whoever started it, who then ends it in order.
            self._process = await asyncio.create_subprocess_exec(
                *command, stdout=PIPE, stderr=log, start_new_session=True
            )
        try:
            async with asyncio.timeout(timeout):
                self.url = await self._read_url(self._process)
        except TimeoutError:
            await self.kill()
            raise UpError(self._excuse(f"it did not serve within {timeout:g} s")) from None

    async def _read_url(self, process: Process) -> str:
        assert process.stdout is not None
        async for line in process.stdout:
            _, found, url = line.decode().partition("Trueup is up at ")
            if found:
                return url.strip()
        code = await process.wait()
        self._process = None
        raise UpError(self._excuse(f"it ended with exit code {code}"))

    def _excuse(self, what: str) -> str:
        last = self.log.read_text(errors="replace").splitlines()[-10:]
        return "\n".join([f"trueup up: {what}; its log, {self.log}, ends with:", *last])

    async def stop(self) -> int:
        """Ask it to end, as Ctrl-C would, and wait for that; its exit code."""
        return await self._end(signal.SIGTERM)

    async def kill(self) -> None:
        """End it at once, in the middle of whatever it does: kill -9."""
        await self._end(signal.SIGKILL)

    async def _end(self, number: signal.Signals) -> int:
        process, self._process = self._process, None
        if process is None:
            return 0
        if process.returncode is None:
            process.send_signal(number)
        try:
            async with asyncio.timeout(_STOP_SECONDS):
                return await process.wait()
        except TimeoutError:
            process.kill()
            return await process.wait()

    @asynccontextmanager
    async def client(self) -> AsyncIterator[Client]:
        """A client with the administrator's rights."""
        client = Client(HttpTransport(cluster_config_from_file(str(self.kubeconfig))))
        try:
            yield client
        finally:
            await client.close()

    def environment(self) -> Mapping[str, str]:
        """An environment in which ``trueup`` and ``kubectl`` speak to it."""
        return {**os.environ, "KUBECONFIG": str(self.kubeconfig)}
