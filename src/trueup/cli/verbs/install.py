"""``trueup install``: Trueup on a cluster, by server-side apply."""

from __future__ import annotations

import click

from trueup.cli.connection import Connection, Session
from trueup.cli.durations import timeout_option
from trueup.cli.installing import installation_options, tell, told_as_plan
from trueup.cli.printers.progress import Progress
from trueup.installation import Installation, render
from trueup.installation.applying import apply, await_rollout, refuse_if_delivered
from trueup.installation.findings import Level
from trueup.installation.neighbours import neighbourhood
from trueup.installation.requirements import require
from trueup.installation.stopping import deployment_in
from trueup.objects import yaml


@click.command("install")
@click.option("--export", is_flag=True, help="Print the manifests, and need no cluster.")
@click.option("--dry-run", is_flag=True, help="Only show what would change.")
@click.option("--no-wait", is_flag=True, help="Do not wait until the controllers are available.")
@timeout_option("5m")
@installation_options
def command(
    export: bool,
    dry_run: bool,
    no_wait: bool,
    timeout: float,
    installation: Installation,
    connection: Connection,
) -> None:
    """Put Trueup on the cluster, or bring it there to this version, and wait until it is available.

    Definitions of its kinds that belong to somebody else are left as they are.
    """
    if export:
        click.echo(yaml.dump_all(render(installation)), nl=False)
        return

    async def work(session: Session) -> None:
        await _install(session, installation, dry_run=dry_run)
        if not (dry_run or no_wait):
            with Progress() as progress:
                deployment = deployment_in(installation.namespace)
                await await_rollout(session.client, deployment, progress.say, timeout=timeout)
            click.echo(f"{deployment} is available")

    connection.run(work)


async def _install(session: Session, installation: Installation, *, dry_run: bool) -> None:
    client, objects = session.client, render(installation)
    await require(client, objects)
    for finding in await neighbourhood(client):
        if finding.level is not Level.OK:
            click.echo(finding, err=True)
    await refuse_if_delivered(client, deployment_in(installation.namespace))
    await apply(client, objects, told_as_plan if dry_run else tell, dry_run=dry_run)
