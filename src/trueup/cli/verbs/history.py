"""``trueup history``: what a delivery did, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import timedelta

import click

from trueup.cli.connection import Connection, Session, connection_options
from trueup.cli.kinds import KUSTOMIZATION, Subject, object_arguments, select_one
from trueup.cli.printers.document import is_document, output_option, print_document
from trueup.cli.printers.table import Table
from trueup.cli.printers.words import age, counts, human_duration, parse_time, short_hex
from trueup.cli.records import read_record
from trueup.report import DeliveryRecord, HistoryEntry

_HEADERS = ("When", "Revision", "Cause", "Result", "Took", "Changes", "Message")


@click.command("history")
@object_arguments("[KIND/]NAME", required=True)
@output_option("wide")
@connection_options
def command(words: tuple[str, ...], output: str | None, connection: Connection) -> None:
    """Show what a delivery did and why, newest first; -o wide names each object.

    NAME is that of a Kustomization, if no kind is given.
    """
    kind, name = select_one(words, KUSTOMIZATION)

    async def work(session: Session) -> DeliveryRecord:
        return await read_record(session, Subject(kind, session.namespace, name))

    entries = connection.run(work).history
    if is_document(output):
        print_document([entry.to_json() for entry in entries], output)
    else:
        wide = output == "wide"
        Table(_HEADERS).print([row for entry in entries for row in _rows(entry, wide=wide)])


def _rows(entry: HistoryEntry, *, wide: bool) -> Iterator[list[str]]:
    yield _summary(entry)
    for line in entry.objects if wide else ():
        yield ["", "", "", "", "", f"  {line}", ""]


def _summary(entry: HistoryEntry) -> list[str]:
    return [
        age(entry.finished_at),
        short_hex(entry.revision),
        entry.cause,
        entry.result,
        _took(entry),
        counts(asdict(entry.changes)),
        short_hex(entry.message),
    ]


def _took(entry: HistoryEntry) -> str:
    begun, ended = parse_time(entry.started_at), parse_time(entry.finished_at)
    if begun is None or ended is None:
        return ""
    duration: timedelta = ended - begun
    seconds = duration.total_seconds()
    return f"{seconds:.1f}s" if 0 <= seconds < 60 else human_duration(duration)
