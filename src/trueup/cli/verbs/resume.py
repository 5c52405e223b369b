"""``trueup resume``: let paused sources or deliveries go on."""

from __future__ import annotations

import asyncio

import click

from trueup.cli import requests, state
from trueup.cli.connection import Connection, Session, connection_options
from trueup.cli.durations import timeout_option
from trueup.cli.kinds import Subject, object_arguments
from trueup.cli.printers.words import short_hex
from trueup.cli.suspension import all_option, chosen, set_suspended


@click.command("resume")
@object_arguments("KIND/NAME...", required=True)
@all_option
@click.option("--wait", is_flag=True, help="Wait until they are ready.")
@timeout_option("5m")
@connection_options
def command(
    words: tuple[str, ...],
    everything: bool,
    wait: bool,
    timeout: float,
    connection: Connection,
) -> None:
    """Let paused sources or deliveries go on."""

    async def work(session: Session) -> None:
        subjects = await chosen(session, words, everything)
        for subject in subjects:
            await set_suspended(session, subject, False)
            click.echo(f"{subject} resumed")
        if wait:
            await asyncio.gather(*(_wait(session, subject, timeout) for subject in subjects))

    connection.run(work)


async def _wait(session: Session, subject: Subject, timeout: float) -> None:
    obj = await requests.wait_ready(session.client, subject, timeout=timeout)
    click.echo(f"{subject}: {short_hex(state.ready(obj)[1])}")
