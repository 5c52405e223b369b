"""Which cluster the command line talks to, and the options that say so."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from trueup.errors import InputError

if TYPE_CHECKING:
    from trueup.cluster import Client, Transport

T = TypeVar("T")

DEFAULT_NAMESPACE = "flux-system"


@dataclass(frozen=True, slots=True)
class Session:
    """An open client and the namespace that its context names, if any."""

    client: Client
    namespace: str = ""


Dial = Callable[["Connection"], Awaitable[tuple["Transport", str]]]
"""Opens a transport, and tells the context's namespace."""


@dataclass(frozen=True, slots=True)
class Connection:
    """What the options say about the cluster; ``run`` opens it for as long as a command runs."""

    kubeconfig: str = ""
    context: str = ""
    data: str = ""
    namespace: str = ""
    dial: Dial | None = None

    def run(self, work: Callable[[Session], Awaitable[T]]) -> T:
        """Run ``work`` with an open client; Ctrl-C ends the command quietly."""
        try:
            return asyncio.run(self._run(work))
        except KeyboardInterrupt:
            raise click.exceptions.Exit(130) from None

    async def _run(self, work: Callable[[Session], Awaitable[T]]) -> T:
        from trueup.cluster import Client

        transport, context_namespace = await (self.dial or dial)(self)
        client = Client(transport)
        try:
            return await work(Session(client, self.namespace or context_namespace))
        finally:
            await client.close()

    def kubeconfig_path(self) -> Path:
        """``--kubeconfig``, else $KUBECONFIG, else that of ``trueup up``, else ~/.kube/config."""
        if named := self.kubeconfig or os.environ.get("KUBECONFIG", ""):
            return Path(named)
        local = data_directory(self.data) / "kubeconfig"
        return local if local.exists() else Path.home() / ".kube" / "config"


def data_directory(option: str = "") -> Path:
    """Where ``trueup up`` keeps its state: ``--data``, else below the user's data directory."""
    if option:
        return Path(option)
    home = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(home) / "trueup"


class NoCluster(click.ClickException):
    """No kubeconfig says, in a way that can be read, which cluster is meant."""

    exit_code = 2


async def dial(connection: Connection) -> tuple[Transport, str]:
    """Open the cluster that the kubeconfig names."""
    from trueup.cluster.http import HttpTransport
    from trueup.cluster.kubeconfig import cluster_config_from_file

    path = connection.kubeconfig_path()
    try:
        config = cluster_config_from_file(str(path), connection.context)
    except InputError as error:
        raise NoCluster(str(error)) from error
    # "default" is also what a context without a namespace has: our own default is better then.
    named = config.namespace if config.namespace != "default" else DEFAULT_NAMESPACE
    return HttpTransport(config), named


def connection_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds the options of every verb that talks to a cluster; passes ``connection``."""
    return connecting(f"Namespace; default: the context's, else {DEFAULT_NAMESPACE}.")(command)


def connecting(namespace_help: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """As ``connection_options``, for verbs to which the namespace means something else."""

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        @click.option("--kubeconfig", metavar="FILE", help="Kubeconfig file.")
        @click.option("--context", metavar="NAME", help="Context in the kubeconfig.")
        @click.option(
            "--data",
            metavar="DIR",
            envvar="TRUEUP_DATA",
            help="State of a local `trueup up`, used where no kubeconfig is named.",
        )
        @click.option("-n", "--namespace", metavar="NAME", help=namespace_help)
        @click.pass_context
        @wraps(command)
        def wrapped(ctx: click.Context, /, *args: Any, **options: Any) -> Any:
            names = ("kubeconfig", "context", "data", "namespace")
            chosen = {name: options.pop(name) or "" for name in names}
            connection = Connection(**chosen, dial=ctx.obj)
            return ctx.invoke(command, *args, connection=connection, **options)

        return wrapped

    return decorate
