"""``trueup migrate``: hand a cluster over from Flux to Trueup, and back."""

from __future__ import annotations

import click

from trueup.cli.connection import Connection, Session, connection_options


@click.command("migrate")
@click.option("--back", is_flag=True, help="From Trueup to Flux instead.")
@click.option("--dry-run", is_flag=True, help="Only tell what would be done.")
@click.option(
    "--scale-down",
    is_flag=True,
    help="Stop whoever works on the resources now; a later migration back starts it again.",
)
@click.option(
    "--leave-unserved",
    is_flag=True,
    help="Go on though there are resources that only Flux serves: they stay as they are.",
)
@connection_options
def command(
    connection: Connection, back: bool, dry_run: bool, scale_down: bool, leave_unserved: bool
) -> None:
    """Hand a cluster over from Flux to Trueup, and with --back from Trueup to Flux.

    Nothing that was delivered is changed, created or deleted. Broken off half way, it goes on from
    there when it is called again.
    """
    from trueup.migration.migrating import Migration, Request

    request = Request(back, dry_run, scale_down, leave_unserved)

    async def work(session: Session) -> None:
        await Migration(session.client, request, click.echo).run()

    connection.run(work)
