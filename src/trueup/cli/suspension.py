"""What ``suspend`` and ``resume`` share: whom they are about, and the field they set."""

from __future__ import annotations

from collections.abc import Sequence

import click

from trueup.cli import requests
from trueup.cli.connection import Session
from trueup.cli.kinds import Subject, select

all_option = click.option(
    "--all", "everything", is_flag=True, help="All of that kind in the namespace."
)


async def chosen(session: Session, words: Sequence[str], everything: bool) -> list[Subject]:
    """The named objects, or with ``everything`` all of the kinds.

    Raises click.UsageError if neither or both are asked for.
    """
    selection = select(words)
    if everything == bool(selection.names):
        raise click.UsageError("name the objects, or ask for --all of a kind")
    if not everything:
        return [
            Subject(kind, session.namespace, name)
            for kind in selection.kinds
            for name in selection.names
        ]
    return [
        Subject(kind, session.namespace, obj["metadata"]["name"])
        for kind in selection.kinds
        for obj in (await session.client.list(kind.gvk, session.namespace)).items
    ]


async def set_suspended(session: Session, subject: Subject, value: bool) -> None:
    """Set ``spec.suspend``; the controllers see it by their watch."""
    await requests.patch(session.client, subject, {"spec": {"suspend": value}})
