"""``trueup health``: the health of manifests, read from them alone."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from trueup.cli.printers.document import is_document, output_option, print_document
from trueup.cli.printers.table import Table
from trueup.dialects.flux.conventions import health
from trueup.errors import ExpressionError, InputError, TrueupError
from trueup.objects import Manifest, ObjectRef, yaml
from trueup.observe.health import Result, Status, report
from trueup.observe.health.expressions import StatusExpressions


@click.command("health")
@click.option("-f", "--filename", "files", multiple=True, required=True, metavar="FILE")
@click.option("--current", metavar="EXPR", help="CEL: true where the object is healthy.")
@click.option("--in-progress", metavar="EXPR", help="CEL: true where it is on its way.")
@click.option("--failed", metavar="EXPR", help="CEL: true where it has failed.")
@output_option("table")
def command(
    files: tuple[str, ...],
    current: str | None,
    in_progress: str | None,
    failed: str | None,
    output: str | None,
) -> None:
    """Tell the health of the objects in FILE, as they say themselves; "-" is stdin.

    Objects are what "kubectl get -o yaml" or "-o json" prints, one or many. With --current they
    are judged by your expressions, as by the healthCheckExprs of a Kustomization.

    Exits with 0 if all are Healthy (kstatus: Current), with 1 if not.
    """
    expressions = _expressions(current, in_progress, failed)
    objects = [obj for file in files for obj in _objects(file)]
    if not objects:
        raise InputError("no objects", subject=", ".join(files), next_step="give at least one")
    now = datetime.now(UTC)
    verdicts = [Verdict(ref, _judge(obj, expressions, now)) for ref, obj in objects]
    _print(verdicts, output)
    if any(verdict.result.status is not Status.CURRENT for verdict in verdicts):
        raise click.exceptions.Exit(1)


@dataclass(frozen=True, slots=True)
class Verdict:
    """One object, and how it fares."""

    ref: ObjectRef
    result: Result

    def to_row(self) -> list[str]:
        found = report(self.result)
        return [str(self.ref), found.status, found.message]

    def to_json(self) -> dict[str, Any]:
        return {
            "apiVersion": self.ref.api_version,
            "kind": self.ref.kind,
            "namespace": self.ref.namespace,
            "name": self.ref.name,
            "health": str(report(self.result).status),
            "status": str(self.result.status),
            "message": self.result.message,
        }


def _expressions(
    current: str | None, in_progress: str | None, failed: str | None
) -> StatusExpressions | None:
    if current is None:
        if in_progress is not None or failed is not None:
            raise click.UsageError("--in-progress and --failed need --current")
        return None
    return StatusExpressions.compile(current, in_progress or "", failed or "")


def _objects(file: str) -> Iterator[tuple[ObjectRef, Manifest]]:
    name = "stdin" if file == "-" else file
    for number, document in enumerate(yaml.load_all(_read(file), name), 1):
        try:
            yield from ((ObjectRef.of(obj), obj) for obj in _unfolded(document))
        except TrueupError as error:
            raise InputError(str(error), subject=f"{name}, document {number}") from error


def _read(file: str) -> bytes:
    if file == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(file).read_bytes()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InputError(f"cannot be read: {reason}", subject=file) from error


def _unfolded(document: Any) -> Iterator[Manifest]:
    """The object, or those of a list."""
    if not isinstance(document, dict):
        raise InputError("is not an object")
    items = document.get("items")
    if isinstance(items, list) and str(document.get("kind", "")).endswith("List"):
        for item in items:
            yield from _unfolded(item)
    else:
        yield document


def _judge(obj: Manifest, expressions: StatusExpressions | None, now: datetime) -> Result:
    if expressions is None:
        return health(obj, now)
    try:
        return expressions.evaluate(obj)
    except ExpressionError as error:
        return Result(Status.UNKNOWN, str(error))


def _print(verdicts: Sequence[Verdict], output: str | None) -> None:
    if is_document(output):
        print_document([verdict.to_json() for verdict in verdicts], output)
    else:
        Table(("Object", "Health", "Message")).print([verdict.to_row() for verdict in verdicts])
