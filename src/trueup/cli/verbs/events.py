"""``trueup events``: what was reported of sources and deliveries lately."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

import click

from trueup.cli.connection import Connection, Session, connection_options
from trueup.cli.kinds import KINDS, Subject, kind_named, select_one, source_of
from trueup.cli.printers.document import (
    is_document,
    list_of,
    output_option,
    print_document,
    print_streamed,
)
from trueup.cli.printers.table import Table
from trueup.cli.printers.words import age
from trueup.cluster import Client, following
from trueup.objects import GroupVersionKind, Manifest

EVENT = GroupVersionKind("", "v1", "Event")


@dataclass(frozen=True, slots=True)
class Query:
    """Events in one namespace (empty: in all) about one object, one kind, or any of ours."""

    namespace: str
    kind: str = ""
    name: str = ""

    @property
    def selector(self) -> str:
        fields = {"involvedObject.kind": self.kind, "involvedObject.name": self.name}
        return ",".join(f"{key}={value}" for key, value in fields.items() if value)

    def admits(self, event: Manifest) -> bool:
        kind = event["involvedObject"].get("kind")
        return bool(self.kind) or any(kind == known.gvk.kind for known in KINDS)


@click.command("events")
@click.option("--for", "about", metavar="KIND[/NAME]", help="About this object, or this kind.")
@click.option("--types", type=click.Choice(("Normal", "Warning"), case_sensitive=False))
@click.option("-A", "--all-namespaces", is_flag=True, help="In all namespaces.")
@click.option("-w", "--watch", is_flag=True, help="Go on, and print what comes.")
@output_option()
@connection_options
def command(
    about: str | None,
    types: str | None,
    all_namespaces: bool,
    watch: bool,
    output: str | None,
    connection: Connection,
) -> None:
    """Show what was reported of sources and deliveries lately, oldest first.

    With --for a delivery, also what was reported of its source.
    """

    async def work(session: Session) -> None:
        namespace = "" if all_namespaces else session.namespace
        queries = await _queries(session.client, namespace, about)
        printer = _Printer(
            output, types, with_namespace=any(q.namespace != session.namespace for q in queries)
        )
        await (_watch if watch else _list)(session.client, queries, printer)

    connection.run(work)


async def _queries(client: Client, namespace: str, about: str | None) -> list[Query]:
    if not about:
        return [Query(namespace)]
    if "/" not in about:
        return [Query(namespace, kind_named(about).gvk.kind)]
    kind, name = select_one([about])
    queries = [Query(namespace, kind.gvk.kind, name)]
    if kind.role == "delivery" and namespace:
        delivery = await client.find(Subject(kind, namespace, name).ref)
        if delivery is not None:
            source = source_of(delivery)
            queries.append(Query(source.namespace, source.kind.gvk.kind, source.name))
    return queries


async def _list(client: Client, queries: list[Query], printer: _Printer) -> None:
    listings = await asyncio.gather(
        *(client.list(EVENT, q.namespace, field_selector=q.selector) for q in queries)
    )
    pairs = zip(queries, listings, strict=True)
    printer.print_all(item for q, listing in pairs for item in listing.items if q.admits(item))


async def _watch(client: Client, queries: list[Query], printer: _Printer) -> None:
    async def follow(query: Query) -> None:
        batches = following.changes(client, EVENT, query.namespace, field_selector=query.selector)
        async for batch in batches:
            present = (event.object for event in batch if event.type != "DELETED")
            printer.print_next(filter(query.admits, present))

    await asyncio.gather(*map(follow, queries))


class _Printer:
    def __init__(self, output: str | None, types: str | None, *, with_namespace: bool) -> None:
        self._output = output
        self._type = types
        self._with_namespace = with_namespace
        namespace = ["Namespace"] if with_namespace else []
        self._table = Table([*namespace, "Last seen", "Type", "Reason", "Object", "Message"])

    def print_all(self, events: Iterable[Manifest]) -> None:
        chosen = self._chosen(events)
        if is_document(self._output):
            print_document(list_of(chosen), self._output)
        elif chosen:
            self._table.print([self._row(event) for event in chosen])
        else:
            click.echo("no events", err=True)

    def print_next(self, events: Iterable[Manifest]) -> None:
        chosen = self._chosen(events)
        if not is_document(self._output):
            if chosen:
                self._table.print([self._row(event) for event in chosen])
            return
        for event in chosen:
            print_streamed(event, self._output)

    def _chosen(self, events: Iterable[Manifest]) -> list[Manifest]:
        return sorted((e for e in events if self._type in (None, e.get("type"))), key=last_seen)

    def _row(self, event: Manifest) -> list[str]:
        about = event["involvedObject"]
        cells = [
            age(last_seen(event)),
            event.get("type") or "",
            event.get("reason") or "",
            f"{about.get('kind')}/{about.get('name')}",
            event.get("message") or "",
        ]
        return [event["metadata"]["namespace"], *cells] if self._with_namespace else cells


def last_seen(event: Manifest) -> str:
    """When it was last reported, by whichever of the API's fields says so."""
    series = (event.get("series") or {}).get("lastObservedTime")
    times = (event.get("lastTimestamp"), series, event.get("eventTime"))
    return str(next((time for time in times if time), event["metadata"]["creationTimestamp"]))
