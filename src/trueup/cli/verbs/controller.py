"""``trueup controller``: the controllers against a cluster."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from trueup.cli.connection import data_directory
from trueup.cli.decryption import CommonKeys, key_options
from trueup.cli.probes import Address, health_option
from trueup.cli.replicas import Replicas, replica_options, run_shared
from trueup.cli.running import collect_garbage_rarely, log_option, run_until_stopped
from trueup.cli.tenancy import tenancy_options
from trueup.errors import InputError

if TYPE_CHECKING:
    from trueup.apply import Objection
    from trueup.cluster import Client, ClusterConfig
    from trueup.controllers.probes import Probes
    from trueup.controllers.replicas.shard import Shard
    from trueup.dialects.flux.tenancy import Tenancy


@click.command("controller")
@click.option("--kubeconfig", metavar="FILE", envvar="KUBECONFIG", help="Kubeconfig file.")
@click.option("--context", metavar="NAME", default="", help="Context in the kubeconfig.")
@click.option(
    "--cache",
    metavar="DIR",
    help="Where fetched sources are kept; may be lost. Default: in the user's data directory.",
)
@click.option("--install-crds", is_flag=True, help="Install the kinds that are missing first.")
@click.option(
    "--allow-local-sources",
    is_flag=True,
    help="Let sources name paths of this machine: whoever may write a source may then read them.",
)
@tenancy_options
@key_options
@replica_options
@health_option
@log_option
def command(
    kubeconfig: str | None,
    context: str,
    cache: str | None,
    install_crds: bool,
    allow_local_sources: bool,
    tenancy: Tenancy,
    keys: CommonKeys,
    replicas: Replicas,
    health: Address | None,
    log_level: str,
) -> None:
    """Run the controllers against the cluster that a kubeconfig names.

    Without one, inside a Pod, it is the cluster of the Pod. Where Flux's controllers run that work
    on the same resources, it stands by until they are gone: see `trueup migrate`.
    """
    folder = Path(cache) if cache else data_directory() / "cache"

    async def work() -> None:
        from trueup.wiring import Controllers, prepare, run_alone

        config = _config(kubeconfig, context)
        shared = keys.in_namespace(config.namespace)
        async with _client(config) as client, _probes(health) as probes:

            async def control(shard: Shard, fenced: Client, objection: Objection) -> None:
                await prepare(fenced, install_definitions=install_crds)
                controllers = Controllers(
                    fenced,
                    folder,
                    allow_local=allow_local_sources,
                    tenancy=tenancy,
                    age_secret=shared.age_secret,
                    vaults=shared.vaults,
                    objection=objection,
                    shard=shard,
                )
                name = f"controllers of {shard}" if shard.of > 1 else "controllers"
                with probes.telling(name, controllers.unready, controllers.metrics):
                    click.echo(f"Trueup's controllers run against {config.server}")
                    collect_garbage_rarely()
                    await controllers.run()

            async def serve(shard: Shard, fenced: Client) -> None:
                await run_alone(fenced, partial(control, shard, fenced))

            await run_shared(client, replicas.in_namespace(config.namespace), serve, probes)

    run_until_stopped(work, log_level)


@asynccontextmanager
async def _client(config: ClusterConfig) -> AsyncIterator[Client]:
    from trueup.cluster import Client
    from trueup.cluster.http import HttpTransport

    client = Client(HttpTransport(config))
    try:
        yield client
    finally:
        await client.close()


@asynccontextmanager
async def _probes(health: Address | None) -> AsyncIterator[Probes]:
    from trueup.controllers.probes import Probes

    probes = Probes()
    if health is None:
        yield probes
        return
    async with probes.serving(*health):
        yield probes


def _config(kubeconfig: str | None, context: str) -> ClusterConfig:
    from trueup.cluster import in_cluster
    from trueup.cluster.kubeconfig import cluster_config_from_file

    if kubeconfig:
        return cluster_config_from_file(kubeconfig, context)
    found = in_cluster()
    if found is None:
        raise InputError(
            "no cluster is named, and this is not a Pod", next_step="name one with --kubeconfig"
        )
    return found
