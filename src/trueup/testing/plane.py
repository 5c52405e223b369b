"""The embedded API server alone, without Trueup's controllers, as a child process.

``python -m trueup.testing.plane DATA PORT`` runs it: what ``trueup up`` serves, with its store and
its housekeeping, but with nobody who works on deliveries, so that a controller can be put before
it as before any other API server.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from trueup.controlplane.control_plane import ControlPlane
from trueup.testing.child import Child

_SIGN = "an API server alone listens at"

_SMALL_DISK = (
    "unshare",
    "-rm",
    "sh",
    "-c",
    'mount -t tmpfs -o size="$0" none "$1" && shift && exec "$@"',
)
"""A file system of its own, of a given size, which ends with the process."""


class Plane(Child):
    """It listens on ``port``; its state is in ``folder/data``, its log in ``folder/log``.

    ``disk`` is a size such as ``16m``: its state then is on a disk of that size, of its own.
    """

    def __init__(self, folder: Path, port: int, *, disk: str = "") -> None:
        self._data = folder / "data"
        self._data.mkdir(parents=True)
        self._has_disk = bool(disk)
        itself = (sys.executable, "-m", "trueup.testing.plane")
        where = (*_SMALL_DISK, disk, str(self._data)) if disk else ()
        super().__init__(
            folder / "log",
            str(self._data),
            str(port),
            sign=_SIGN,
            program=(*where, *itself),
        )

    @property
    def data(self) -> Path:
        """Its folder; of one with a disk of its own, as it is while it runs."""
        return Path(f"/proc/{self.pid}/root{self._data}") if self._has_disk else self._data

    @property
    def kubeconfig(self) -> Path:
        """The administrator's."""
        return self.data / "kubeconfig"


async def _serve(data: Path, port: int) -> None:
    plane = ControlPlane(data)
    await plane.start()
    sys.stdout.write(f"{_SIGN} {await plane.serve(port=port)}\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1]), int(sys.argv[2])))
