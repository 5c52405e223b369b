"""``trueup up``: everything in one process, with an embedded control plane."""

from __future__ import annotations

import errno
import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from trueup.cli.connection import data_directory
from trueup.cli.decryption import CommonKeys, key_options
from trueup.cli.running import collect_garbage_rarely, log_option, run_until_stopped
from trueup.cli.tenancy import tenancy_options
from trueup.controlplane.control_plane import ControlPlane
from trueup.errors import InputError

if TYPE_CHECKING:
    from trueup.dialects.flux.tenancy import Tenancy

_PORT_FILE = "port"


@click.command("up")
@click.option(
    "--data",
    metavar="DIR",
    envvar="TRUEUP_DATA",
    help="Where the state is kept; default: trueup in the user's data directory.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    help="Port; default: the one of last time, or a free one.",
)
@click.option("--no-simulation", is_flag=True, help="Leave workloads alone: no Pods appear.")
@tenancy_options
@key_options
@log_option
def command(
    data: str | None,
    host: str,
    port: int | None,
    no_simulation: bool,
    tenancy: Tenancy,
    keys: CommonKeys,
    log_level: str,
) -> None:
    """Run an API server and all controllers, in one process.

    Workloads are simulated: Pods appear and become ready, but nothing runs. The state outlives a
    restart, also after a kill.
    """
    folder = data_directory(data or "")
    with _only_one(folder):
        run_until_stopped(
            lambda: _up(
                folder,
                host,
                port,
                simulation=not no_simulation,
                tenancy=tenancy,
                keys=keys.in_namespace("default"),
            ),
            log_level,
        )


async def _up(
    folder: Path,
    host: str,
    port: int | None,
    *,
    simulation: bool,
    tenancy: Tenancy,
    keys: CommonKeys,
) -> None:
    from trueup.wiring import Embedded

    embedded = Embedded(
        folder,
        simulation=simulation,
        tenancy=tenancy,
        age_secret=keys.age_secret,
        vaults=keys.vaults,
    )
    try:
        await embedded.start()
        url = await _serve(embedded.plane, folder, host, port)
        click.echo(_greeting(url, embedded.plane.kubeconfig, simulation=simulation))
        collect_garbage_rarely()
        await embedded.run()
    finally:
        await embedded.stop()


async def _serve(plane: ControlPlane, folder: Path, host: str, port: int | None) -> str:
    """Listen where asked; else where it was last time, so that kubeconfigs stay good."""
    remembered = folder / _PORT_FILE
    wanted = port if port is not None else _read_port(remembered)
    try:
        url = await plane.serve(host, wanted)
    except OSError as error:
        if port or error.errno != errno.EADDRINUSE:
            raise InputError(
                f"cannot listen: {error.strerror}",
                subject=f"{host}:{wanted}",
                next_step="choose another --host or --port, or leave them out",
            ) from error
        url = await plane.serve(host, 0)
    remembered.write_text(url.rpartition(":")[2])
    return url


def _read_port(file: Path) -> int:
    try:
        return int(file.read_text())
    except (OSError, ValueError):
        return 0


def _greeting(url: str, kubeconfig: Path, *, simulation: bool) -> str:
    how = "simulated: nothing really runs" if simulation else "not simulated: no Pods appear"
    return (
        f"Trueup is up at {url}\n"
        f"Workloads are {how}.\n\n"
        f"  export KUBECONFIG={kubeconfig}\n"
        "  kubectl get namespaces\n"
        "  trueup get all -A\n\n"
        "Ctrl-C stops it; the state stays."
    )


@contextmanager
def _only_one(folder: Path) -> Iterator[None]:
    """Hold the data directory; two processes would overwrite each other's state."""
    with _lock_file(folder) as file:
        _lock(file, folder)
        yield


def _lock_file(folder: Path) -> IO[str]:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return (folder / "lock").open("a")
    except OSError as error:
        raise InputError(
            f"cannot keep state there: {error.strerror or error}",
            subject=str(folder),
            next_step="name a directory that you may write to with --data",
        ) from error


def _lock(file: IO[str], folder: Path) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise InputError(
            "another `trueup up` uses this directory",
            subject=str(folder),
            next_step="stop it, or name another one with --data",
        ) from error
