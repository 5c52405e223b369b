"""``trueup diff``: what a folder would change on the cluster."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from trueup.apply import Effect, Owner, Preview, Previewer
from trueup.cli.connection import Connection, Session, connection_options
from trueup.cli.decryption import ring_or_own
from trueup.cli.kinds import KUSTOMIZATION, Subject, object_arguments, select_one
from trueup.cli.printers.document import is_document, output_option, print_document
from trueup.cli.workspace import tree_around
from trueup.cluster import Client
from trueup.dialects.flux.decryption import Decryption
from trueup.dialects.flux.delivery_dialect import KUSTOMIZATIONS, KustomizationDialect
from trueup.errors import InputError, NotFound, TrueupError
from trueup.keys import Accounts
from trueup.objects import Manifest, ObjectRef
from trueup.plan.diff import ABSENT
from trueup.report import DeliveryRecord, record_ref
from trueup.report.entries import DriftedField

_COLOURS = {
    Effect.CREATED: "green",
    Effect.CONFIGURED: "yellow",
    Effect.RECREATED: "yellow",
    Effect.DELETED: "red",
    Effect.REFUSED: "red",
}


@click.command("diff")
@object_arguments("[KIND/]NAME", required=True)
@click.option(
    "--path",
    "folder",
    type=click.Path(path_type=Path),
    default=".",
    show_default=True,
    help="Folder that stands for the path of the delivery.",
)
@output_option()
@connection_options
@click.pass_context
def command(
    ctx: click.Context,
    words: tuple[str, ...],
    folder: Path,
    output: str | None,
    connection: Connection,
) -> None:
    """Show what a delivery would change on the cluster, if its path were this folder.

    Nothing is written: the server is asked by dry run. Exits with 0 if nothing would change, 1 if
    something would, 2 if something would be refused.
    """
    kind, name = select_one(words, KUSTOMIZATION)
    if kind.role != "delivery":
        raise click.UsageError(f"a {kind.gvk.kind} applies no objects; name a delivery")

    async def work(session: Session) -> list[Preview]:
        resource = await session.client.get(Subject(kind, session.namespace, name).ref)
        return await _previews(session.client, resource, folder)

    try:
        previews = connection.run(work)
    except TrueupError as error:
        raise NoAnswer(str(error)) from error
    if is_document(output):
        print_document([_document(preview) for preview in previews], output)
    else:
        _print(previews)
    ctx.exit(_exit_code(previews))


class NoAnswer(click.ClickException):
    """The question itself failed: not to be taken for a difference."""

    exit_code = 2


async def _previews(client: Client, resource: Manifest, folder: Path) -> list[Preview]:
    if resource["spec"].get("kubeConfig"):
        raise InputError(
            "delivers to another cluster, which only the controllers reach",
            subject=str(ObjectRef.of(resource)),
        )
    tree, path = tree_around(folder)
    spec = {**resource["spec"], "path": path}
    decryption = Decryption(ring_or_own, accounts=Accounts(client))
    dialect = KustomizationDialect(decryption=decryption)
    delivery = dialect.delivery_of({**resource, "spec": spec})
    inputs = [
        obj for ref, optional in delivery.inputs if (obj := await _read(client, ref, optional))
    ]
    rendering = await asyncio.to_thread(delivery.render, tree, inputs)
    inventory = KUSTOMIZATIONS.inventory_of(resource.get("status") or {})
    held = await _that_held_secrets(client, delivery.ref)
    rendering = replace(rendering, guarded=rendering.guarded | held)
    previewer = Previewer(Owner.of(delivery, client, rendering))
    return await previewer.preview(rendering, inventory, prune=delivery.prune)


async def _that_held_secrets(client: Client, delivery: ObjectRef) -> frozenset[ObjectRef]:
    """The objects that hold, since they were applied, what is not to be shown when it goes."""
    stored = await client.find(record_ref(delivery))
    if stored is None:
        return frozenset()
    applied = DeliveryRecord.from_manifest(stored).objects
    return frozenset(ref for item in applied if item.guarded and (ref := item.ref) is not None)


async def _read(client: Client, ref: Any, optional: bool) -> Manifest | None:
    found = await client.find(ref)
    if found is None and not optional:
        raise NotFound("not found", subject=str(ref))
    return found


def _exit_code(previews: list[Preview]) -> int:
    if any(preview.effect is Effect.REFUSED for preview in previews):
        return 2
    return 1 if any(preview.is_change for preview in previews) else 0


def _print(previews: list[Preview]) -> None:
    for preview in previews:
        if preview.is_change or preview.effect is Effect.SKIPPED:
            for line in _lines(preview):
                click.echo(line)


def _lines(preview: Preview) -> Iterator[str]:
    why = f": {preview.reason}" if preview.reason else ""
    yield click.style(f"{preview.ref} {preview.effect}{why}", fg=_COLOURS.get(preview.effect))
    for change in preview.fields:
        shown = DriftedField.between(change.path, change.after, change.before)
        if change.before is ABSENT:
            yield click.style(f"  + {change.path}: {shown.expected}", fg="green")
        elif change.after is ABSENT:
            yield click.style(f"  - {change.path}: {shown.found}", fg="red")
        else:
            yield f"  ~ {change.path}: {shown.found} -> {shown.expected}"


def _document(preview: Preview) -> dict[str, Any]:
    ref = preview.ref
    place = {"namespace": ref.namespace} if ref.namespace else {}
    found: dict[str, Any] = {
        "object": {"apiVersion": ref.api_version, "kind": ref.kind, **place, "name": ref.name},
        "effect": str(preview.effect),
    }
    if preview.reason:
        found["reason"] = preview.reason
    if preview.fields:
        found["fields"] = [
            _field(change.path, change.before, change.after) for change in preview.fields
        ]
    return found


def _field(path: str, before: Any, after: Any) -> dict[str, Any]:
    sides = {"live": before, "wanted": after}
    return {"path": path, **{name: value for name, value in sides.items() if value is not ABSENT}}
