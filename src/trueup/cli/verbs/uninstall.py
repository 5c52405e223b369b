"""``trueup uninstall``: Trueup off a cluster, and what it delivered left running."""

from __future__ import annotations

import sys

import click

from trueup.cli.connection import Connection, Session
from trueup.cli.durations import timeout_option
from trueup.cli.installing import namespace_of, namespace_options
from trueup.installation.removing import Removal, remove


@click.command("uninstall")
@click.option("--keep-namespace", is_flag=True, help="Leave the namespace.")
@click.option(
    "--keep-crds",
    is_flag=True,
    help="Leave the definitions of the kinds, and so all sources and deliveries.",
)
@click.option("--dry-run", is_flag=True, help="Only show what would go.")
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@timeout_option("5m")
@namespace_options
def command(
    keep_namespace: bool,
    keep_crds: bool,
    dry_run: bool,
    yes: bool,
    timeout: float,
    connection: Connection,
) -> None:
    """Take Trueup off the cluster. What it delivered stays as it is, and runs on.

    Sources and deliveries lose Trueup's finalizer, and go with the definitions of their kinds
    without anything being pruned. Definitions stay if they belong to somebody else, or if Flux runs
    here; the namespace stays if something that was delivered lives in it.
    """
    namespace = namespace_of(connection)
    if not (yes or dry_run):
        _confirm(namespace, keep_crds=keep_crds)
    removal = Removal(namespace, keep_namespace, keep_crds, timeout, dry_run)

    async def work(session: Session) -> None:
        await remove(session.client, removal, click.echo)

    connection.run(work)


def _confirm(namespace: str, *, keep_crds: bool) -> None:
    if not sys.stdin.isatty():
        raise click.UsageError("nobody is there to ask: say --yes if you are sure")
    also = "" if keep_crds else " and all sources and deliveries"
    question = f"Remove Trueup from namespace {namespace}{also}? What was delivered stays."
    click.confirm(question, abort=True)
