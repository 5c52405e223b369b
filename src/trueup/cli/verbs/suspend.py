"""``trueup suspend``: pause sources or deliveries."""

from __future__ import annotations

import click

from trueup.cli.connection import Connection, Session, connection_options
from trueup.cli.kinds import object_arguments
from trueup.cli.suspension import all_option, chosen, set_suspended


@click.command("suspend")
@object_arguments("KIND/NAME...", required=True)
@all_option
@connection_options
def command(words: tuple[str, ...], everything: bool, connection: Connection) -> None:
    """Pause sources or deliveries: what is live stays as it is, and drift is let be."""

    async def work(session: Session) -> None:
        for subject in await chosen(session, words, everything):
            await set_suspended(session, subject, True)
            click.echo(f"{subject} suspended")

    connection.run(work)
