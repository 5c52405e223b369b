"""``trueup reconcile``: make a source or a delivery look again, and tell how it went."""

from __future__ import annotations

from functools import partial

import click

from trueup.cli import requests, state
from trueup.cli.connection import Connection, Session, connection_options
from trueup.cli.durations import timeout_option
from trueup.cli.kinds import Subject, object_arguments, select_one, source_of
from trueup.cli.printers.document import is_document, output_option, print_document
from trueup.cli.printers.words import short_hex
from trueup.objects import Manifest


@click.command("reconcile")
@object_arguments("KIND/NAME", required=True)
@click.option("--with-source", is_flag=True, help="Fetch the source of the delivery first.")
@timeout_option("5m")
@output_option()
@connection_options
def command(
    words: tuple[str, ...],
    with_source: bool,
    timeout: float,
    output: str | None,
    connection: Connection,
) -> None:
    """Make a source or a delivery look again, now, and wait until it is ready.

    Exits with 1 and the reason if it fails or takes too long.
    """
    kind, name = select_one(words)
    if with_source and kind.role == "source":
        raise click.UsageError("--with-source is for deliveries")

    async def work(session: Session) -> Manifest:
        subject = Subject(kind, session.namespace, name)
        run = partial(_reconcile, session, timeout=timeout)
        if with_source:
            source = source_of(await session.client.get(subject.ref))
            _tell(source, await run(source), err=True)
        return await run(subject)

    obj = connection.run(work)
    if is_document(output):
        print_document(obj, output)
    else:
        _tell(Subject(kind, obj["metadata"]["namespace"], name), obj)


async def _reconcile(session: Session, subject: Subject, *, timeout: float) -> Manifest:
    token = await requests.request_reconcile(session.client, subject)
    return await requests.wait_ready(session.client, subject, timeout=timeout, token=token)


def _tell(subject: Subject, obj: Manifest, *, err: bool = False) -> None:
    click.echo(f"{subject}: {short_hex(state.ready(obj)[1])}", err=err)
