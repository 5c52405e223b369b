"""``trueup tree``: the objects of a delivery with their health."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import click

from trueup.cli.connection import Connection, Session, connection_options
from trueup.cli.family import FamilyReader, Member
from trueup.cli.kinds import KUSTOMIZATION, Subject, object_arguments, select_one
from trueup.cli.printers.document import is_document, output_option, print_document
from trueup.cli.printers.table import Table


@click.command("tree")
@object_arguments("[KIND/]NAME", required=True)
@output_option()
@connection_options
def command(words: tuple[str, ...], output: str | None, connection: Connection) -> None:
    """Show the objects of a delivery with their health, and what they brought about.

    NAME is that of a Kustomization, if no kind is given.
    """
    kind, name = select_one(words, KUSTOMIZATION)
    if kind.role != "delivery":
        raise click.UsageError(f"a {kind.gvk.kind} applies no objects; name a delivery")

    async def work(session: Session) -> Member:
        subject = Subject(kind, session.namespace, name)
        return await FamilyReader(session.client, datetime.now(UTC)).delivery(subject)

    root = connection.run(work)
    if is_document(output):
        print_document(root.to_json(), output)
    else:
        Table(("Object", "Health", "Message")).print(list(_rows(root)))


def _rows(member: Member, indent: str = "", branch: str = "") -> Iterator[list[str]]:
    yield [f"{indent}{branch}{member.ref}", str(member.health.status), member.health.message]
    below = indent + {"": "", "├── ": "│   ", "└── ": "    "}[branch]
    for child in member.children:
        yield from _rows(child, below, "└── " if child is member.children[-1] else "├── ")
