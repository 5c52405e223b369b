"""``trueup validate``: rendered objects against the schemas of a Kubernetes version and of definitions."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import click

from trueup.cli.printers.document import is_document, output_option, print_document
from trueup.cli.printers.table import Table
from trueup.cli.rendering.dispatch import locate, render_options, render_place
from trueup.cli.rendering.options import RenderCommand
from trueup.cli.rendering.place import Place, on_disk, readable
from trueup.cli.rendering.rendered import Rendered
from trueup.dialects.flux.crds import crds as flux_crds
from trueup.errors import InputError, TrueupError, printable
from trueup.objects import Manifest
from trueup.objects.manifest import metadata
from trueup.render.origin import Origin
from trueup.report.crds import crds as own_crds
from trueup.schema import NEWEST, versions
from trueup.tree import Tree
from trueup.validation import Catalog, Problem, Reason, definitions_in, line_in


@click.command("validate", cls=RenderCommand)
@click.argument("folders", metavar="[DIR]...", nargs=-1)
@click.option(
    "--kubernetes-version",
    "version",
    type=click.Choice(versions()),
    default=NEWEST,
    show_default=True,
    help="The version of Kubernetes whose schemas count.",
)
@click.option("--strict", is_flag=True, help="Fields that a kind does not have are problems, too.")
@click.option(
    "--ignore-missing-schemas", is_flag=True, help="Pass over kinds that nothing is known of."
)
@click.option(
    "--crds",
    "crd_paths",
    multiple=True,
    metavar="PATH",
    help="Where CustomResourceDefinitions are, instead of anywhere in the repository of DIR.",
)
@output_option("table")
@render_options
@click.pass_context
def command(
    ctx: click.Context,
    /,
    folders: tuple[str, ...],
    version: str,
    strict: bool,
    ignore_missing_schemas: bool,
    crd_paths: tuple[str, ...],
    output: str | None,
    **_: object,
) -> None:
    """Tell where what DIR renders to breaks the schemas of its kinds, with no cluster.

    DIR is taken as by "trueup build". CustomResourceDefinitions count that are rendered, that lie
    in the repository of DIR or else where --crds says, and those of Flux's kinds that Trueup knows.
    The line is that of the field in the file where it is written, or of what is nearest above.

    Exits with 0 if all is well, with 1 if not.
    """
    ignored = {
        *(() if strict else (Reason.UNKNOWN_FIELD,)),
        *((Reason.MISSING_SCHEMA,) if ignore_missing_schemas else ()),
    }
    check = _Check(ctx, version, [crd for path in crd_paths for crd in _definitions_at(path)])
    not_rendered = check.run(folders or (".",))
    findings = [one for one in check.findings if one.problem.reason not in ignored]
    _print(findings, output)
    if not is_document(output):
        _summarise(version, check.objects, len(findings), not_rendered)
    if findings or not_rendered:
        raise click.exceptions.Exit(1)


@dataclass
class _Check:
    """One run over several folders; definitions of a repository are looked for once."""

    ctx: click.Context
    version: str
    extra: Sequence[Manifest]
    findings: list[Finding] = field(default_factory=list)
    objects: int = 0
    _near: dict[str, list[Manifest]] = field(default_factory=dict)

    def run(self, folders: Sequence[str]) -> int:
        """How many of ``folders`` could not be rendered; why is told."""
        not_rendered = 0
        for folder in folders:
            try:
                self._folder(folder)
            except TrueupError as error:
                click.echo(f"Error: {readable(str(error))}", err=True)
                not_rendered += 1
        return not_rendered

    def _folder(self, folder: str) -> None:
        place = locate(folder, self.ctx.params)
        rendered = render_place(self.ctx, place, with_origins=True)
        near = self.extra or self._definitions_near(place)
        crds = [*flux_crds(), *own_crds(), *near]
        catalog = Catalog(self.version, [*crds, *rendered.objects])
        self.objects += len(rendered.objects)
        self.findings += _findings(place, rendered, catalog)

    def _definitions_near(self, place: Place) -> list[Manifest]:
        """Those in the repository that ``place`` lies in, else in its folder; all of an archive."""
        if not place.tree.is_whole_disk:
            return definitions_in(place.tree, "")
        folder = place.path if place.tree.is_dir(place.path) else posixpath.dirname(place.path)
        root = _repository(place.tree, folder) or folder
        if root not in self._near:
            self._near[root] = definitions_in(place.tree, root)
        return self._near[root]


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem of one object; ``line`` is 0 where it is not known."""

    file: str
    line: int
    obj: str
    problem: Problem

    def to_row(self) -> list[str]:
        where = f"{self.file}:{self.line}" if self.line else self.file
        cells = (where, self.obj, self.problem.field or "-", self.problem.message)
        return [printable(cell) for cell in cells]

    def to_json(self) -> dict[str, Any]:
        return {
            "file": self.file,
            "line": self.line or None,
            "object": self.obj,
            "field": self.problem.field,
            "message": self.problem.message,
            "reason": str(self.problem.reason),
        }


def _findings(place: Place, rendered: Rendered, catalog: Catalog) -> Iterator[Finding]:
    origins: Iterable[Origin | None] = rendered.origins or [None] * len(rendered.objects)
    for obj, written in zip(rendered.objects, origins, strict=True):
        content = _content(place.tree, written)
        for problem in catalog.problems(obj):
            line = 0 if written is None else line_in(content, written, obj, problem.path)
            file = _shown_file(place, written).encode(errors="backslashreplace").decode()
            yield Finding(file, line, _shown(obj), problem)


def _content(tree: Tree, written: Origin | None) -> bytes:
    return tree.read(written.file) if written is not None and tree.is_file(written.file) else b""


def _shown(obj: Manifest) -> str:
    meta = metadata(obj)
    name = "/".join(str(meta[key]) for key in ("namespace", "name") if meta.get(key))
    return f"{obj.get('kind') or '?'}/{name or '?'}"


def _shown_file(place: Place, written: Origin | None) -> str:
    if written is None or written.file == place.path:
        return place.shown
    if not place.tree.is_whole_disk:
        return f"{place.shown}: {written.file}"
    below_here = place.base and written.file.startswith(f"{place.base}/")
    return written.file.removeprefix(f"{place.base}/") if below_here else f"/{written.file}"


def _definitions_at(path: str) -> list[Manifest]:
    place = on_disk(path)
    found = definitions_in(place.tree, place.path)
    if not found:
        raise InputError(
            "holds no CustomResourceDefinition", subject=path, next_step="correct --crds"
        )
    return found


def _repository(tree: Tree, folder: str) -> str:
    """The closest folder above with a ``.git``; empty if there is none."""
    while folder and tree.kind(f"{folder}/.git") is None:
        folder = posixpath.dirname(folder)
    return folder


def _print(findings: Sequence[Finding], output: str | None) -> None:
    if is_document(output):
        print_document([finding.to_json() for finding in findings], output)
    elif findings:
        Table(("File", "Object", "Field", "Problem")).print([one.to_row() for one in findings])


def _summarise(version: str, objects: int, problems: int, not_rendered: int) -> None:
    told = _counted(problems, "problem") if problems else "no problem"
    if not_rendered:
        told += f", {_counted(not_rendered, 'folder')} not rendered"
    text = f"{_counted(objects, 'object')} checked against Kubernetes {version}: {told}"
    click.echo(text, err=True)


def _counted(number: int, noun: str) -> str:
    return f"1 {noun}" if number == 1 else f"{number} {noun}s"
