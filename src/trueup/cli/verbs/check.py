"""``trueup check``: what is wrong with a cluster, or with the installation on it."""

from __future__ import annotations

import click

from trueup.cli.connection import Connection, Session
from trueup.cli.installing import namespace_of, namespace_options
from trueup.cli.printers.document import is_document, output_option, print_document
from trueup.cli.printers.table import Table
from trueup.installation import Installation, render
from trueup.installation.findings import Finding, Level
from trueup.installation.inspection import inspection
from trueup.installation.requirements import requirements, served_version


@click.command("check")
@click.option("--pre", is_flag=True, help="Before an installation: could Trueup be put there?")
@output_option()
@namespace_options
def command(pre: bool, output: str | None, connection: Connection) -> None:
    """Tell what is wrong with the cluster, or with the installation on it.

    Exits with 1 if something failed; a warning alone, such as a delivery that is not ready, is no
    failure.
    """
    namespace = namespace_of(connection)

    async def work(session: Session) -> list[Finding]:
        if pre:
            return await requirements(session.client, render(Installation(namespace)))
        version = await served_version(session.client)
        return [version, *await inspection(session.client, namespace)]

    found = connection.run(work)
    if is_document(output):
        print_document([finding.to_json() for finding in found], output)
    else:
        Table(("Check", "Result", "Message")).print([_row(finding) for finding in found])
    if any(finding.level is Level.FAILED for finding in found):
        raise click.exceptions.Exit(1)


def _row(finding: Finding) -> list[str]:
    step = f"; {finding.next_step}" if finding.next_step else ""
    return [finding.subject, finding.level.value, finding.message + step]
