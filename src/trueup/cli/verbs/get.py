"""``trueup get``: sources and deliveries with their state, as ``flux get`` lists them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import click

from trueup.cli import state
from trueup.cli.connection import Connection, Session, connection_options
from trueup.cli.kinds import Kind, Selection, object_arguments, select
from trueup.cli.printers.document import (
    is_document,
    list_of,
    output_option,
    print_document,
    print_streamed,
)
from trueup.cli.printers.table import Table
from trueup.cli.printers.words import age, short_hex
from trueup.cluster import following
from trueup.errors import NotFound
from trueup.objects import Manifest


@dataclass(frozen=True, slots=True)
class View:
    """Which objects to show, and how."""

    selection: Selection
    all_namespaces: bool = False
    labels: str = ""
    status: str = ""
    output: str | None = None

    @property
    def is_mixed(self) -> bool:
        """Whether names need their kind to be told apart."""
        return len(self.selection.kinds) > 1

    def headers(self) -> list[str]:
        wide = ["Age", "From"] if self.output == "wide" else []
        namespace = ["Namespace"] if self.all_namespaces else []
        return [*namespace, "Name", "Revision", "Suspended", "Ready", *wide, "Message"]

    def row(self, kind: Kind, obj: Manifest) -> list[str]:
        meta = obj["metadata"]
        name = f"{kind.word}/{meta['name']}" if self.is_mixed else meta["name"]
        word, message = state.ready(obj)
        wide = [age(meta["creationTimestamp"]), origin(obj)] if self.output == "wide" else []
        cells = [
            name,
            short_hex(state.revision(kind, obj)),
            str(state.is_suspended(obj)),
            word,
            *wide,
            short_hex(message),
        ]
        return [meta["namespace"], *cells] if self.all_namespaces else cells

    def shows(self, obj: Manifest) -> bool:
        """Whether ``obj`` has a chosen name and the chosen status (``ready=false``, ``!=``)."""
        names = self.selection.names
        if names and obj["metadata"]["name"] not in names:
            return False
        if not self.status:
            return True
        name, _, wanted = self.status.replace("!=", "=").partition("=")
        found = state.condition(obj, name)
        matches = found is not None and found["status"].lower() == wanted.lower()
        return matches is not ("!=" in self.status)


def origin(obj: Manifest) -> str:
    """Where it comes from: a source's URL, a delivery's source and folder."""
    spec = obj.get("spec") or {}
    if source := spec.get("sourceRef"):
        return f"{source['kind']}/{source['name']}:{spec.get('path') or './'}"
    return str(spec.get("url") or "")


@click.command("get")
@object_arguments("[sources|kustomizations|all] [NAME]...")
@click.option("-A", "--all-namespaces", is_flag=True, help="In all namespaces.")
@click.option("-l", "--selector", default="", metavar="LABELS", help="With these labels.")
@click.option("--status-selector", default="", metavar="TYPE=STATUS", help="As in ready=false.")
@click.option("-w", "--watch", is_flag=True, help="Go on, and print what changes.")
@output_option("wide")
@connection_options
def command(
    words: tuple[str, ...],
    all_namespaces: bool,
    selector: str,
    status_selector: str,
    watch: bool,
    output: str | None,
    connection: Connection,
) -> None:
    """List sources and deliveries with their state.

    Exits with 1 if a named object is not there, or nothing is there at all.
    """
    if status_selector and "=" not in status_selector:
        raise click.UsageError("--status-selector takes TYPE=STATUS or TYPE!=STATUS")
    view = View(select(words), all_namespaces, selector, status_selector, output)
    connection.run(partial(_watch if watch else _get, view=view))


async def _get(session: Session, view: View) -> None:
    found = await asyncio.gather(*(_list(session, view, kind) for kind in view.selection.kinds))
    _refuse_missing(session, view, [obj for items in found for obj in items])
    if is_document(view.output):
        items = [obj for objects in found for obj in objects]
        single = len(view.selection.names) == 1 and len(items) == 1
        print_document(items[0] if single else list_of(items), view.output)
        return
    table = Table(view.headers())
    table.print(
        [
            view.row(kind, obj)
            for kind, objects in zip(view.selection.kinds, found, strict=True)
            for obj in objects
        ]
    )


async def _list(session: Session, view: View, kind: Kind) -> list[Manifest]:
    namespace = "" if view.all_namespaces else session.namespace
    try:
        listing = await session.client.list(kind.gvk, namespace, label_selector=view.labels)
    except NotFound:
        if view.is_mixed:
            return []
        raise
    return [obj for obj in listing.items if view.shows(obj)]


def _refuse_missing(session: Session, view: View, found: Sequence[Manifest]) -> None:
    where = "any namespace" if view.all_namespaces else f"namespace {session.namespace!r}"
    kinds = " or ".join(kind.gvk.kind for kind in view.selection.kinds)
    there = {obj["metadata"]["name"] for obj in found}
    missing = [name for name in view.selection.names if name not in there]
    if missing:
        raise NotFound(f"no {kinds} named {', '.join(missing)} in {where}")
    if not found:
        such = f" with {view.status}" if view.status else ""
        raise NotFound(f"no {kinds}{such} in {where}")


async def _watch(session: Session, view: View) -> None:
    namespace = "" if view.all_namespaces else session.namespace
    table = Table(view.headers())

    async def follow(kind: Kind) -> None:
        async for batch in following.changes(
            session.client, kind.gvk, namespace, label_selector=view.labels
        ):
            objects = [event.object for event in batch if event.type != "DELETED"]
            shown = [obj for obj in objects if view.shows(obj)]
            if is_document(view.output):
                for obj in shown:
                    print_streamed(obj, view.output)
            elif shown:
                table.print([view.row(kind, obj) for obj in shown])

    await asyncio.gather(*(follow(kind) for kind in view.selection.kinds))
