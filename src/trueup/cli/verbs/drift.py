"""``trueup drift``: who changed what by hand, and what was done about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import attrgetter

import click

from trueup.cli.connection import Connection, Session, connection_options
from trueup.cli.kinds import object_arguments, select
from trueup.cli.printers.document import is_document, output_option, print_document
from trueup.cli.printers.table import Table
from trueup.cli.printers.words import age
from trueup.cli.records import read_records
from trueup.report import DeliveryRecord, Drift, FieldManager

_VALUE_WIDTH = 40
_HEADERS = ("When", "Delivery", "Object", "Field", "Expected", "Found", "By", "Action")


@click.command("drift")
@object_arguments("[KIND/NAME]")
@click.option("-A", "--all-namespaces", is_flag=True, help="In all namespaces.")
@output_option("wide")
@connection_options
def command(
    words: tuple[str, ...], all_namespaces: bool, output: str | None, connection: Connection
) -> None:
    """Show who changed what by hand, and what was done about it, newest first.

    Without a name: of all deliveries in the namespace. -o wide does not cut long values.
    """
    selection = select(words or ["deliveries"])

    async def work(session: Session) -> list[DeliveryRecord]:
        return await read_records(session, selection, "" if all_namespaces else session.namespace)

    records = connection.run(work)
    drifts = [(record, drift) for record in records for drift in record.drifts]
    drifts.sort(key=lambda pair: pair[1].time, reverse=True)
    if is_document(output):
        print_document([_document(*pair) for pair in drifts], output)
    elif drifts:
        rows = [row for pair in drifts for row in _rows(*pair, wide=output == "wide")]
        Table(_HEADERS).print(rows)
    else:
        click.echo("no drift is on record", err=True)


def _document(record: DeliveryRecord, drift: Drift) -> dict[str, object]:
    delivery = record.delivery
    owner = {"kind": delivery.kind, "namespace": delivery.namespace, "name": delivery.name}
    return {"delivery": owner, **drift.to_json()}


def _rows(record: DeliveryRecord, drift: Drift, *, wide: bool) -> Iterator[list[str]]:
    """One row for each field; one in all where the object as a whole is what drifted."""
    before = [age(drift.time), record.delivery.name, str(drift.object)]
    after = [_by(drift.managers), _action(drift)]
    if not drift.fields:
        yield [*before, "", "", drift.type.lower(), *after]
    for item in drift.fields:
        values = [value if wide else _short(value) for value in (item.expected, item.found)]
        yield [*before, item.path, *values, *after]


def _by(managers: Sequence[FieldManager]) -> str:
    """Whose hands it was; those who wrote last come first."""
    latest = sorted(managers, key=attrgetter("time"), reverse=True)
    return ", ".join(manager.manager for manager in latest) or "unknown"


def _action(drift: Drift) -> str:
    times = f" ({drift.count} times)" if drift.count > 1 else ""
    why = f": {drift.message}" if drift.message and drift.action == "Failed" else ""
    return f"{drift.action}{times}{why}"


def _short(text: str) -> str:
    return text if len(text) <= _VALUE_WIDTH else f"{text[: _VALUE_WIDTH - 1]}…"
