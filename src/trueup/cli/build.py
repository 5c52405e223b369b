"""``trueup build``: what a folder renders to, in the bytes that ``kustomize build`` prints."""

from __future__ import annotations

from pathlib import Path

import click

from trueup.errors import InputError, TrueupError
from trueup.render.kustomize import Options, build, to_yaml
from trueup.render.kustomize.loader import LoadRestrictor
from trueup.tree import FolderTree

_RESTRICTORS: dict[str, LoadRestrictor] = {
    "LoadRestrictionsRootOnly": "root-only",
    "LoadRestrictionsNone": "none",
}


@click.command("build")
@click.argument("folder", metavar="DIR", default=".")
@click.option(
    "--load-restrictor",
    "restrictor",
    type=click.Choice(list(_RESTRICTORS)),
    default="LoadRestrictionsRootOnly",
    show_default=True,
    help="Whether files may come from outside the folder of their kustomization.",
)
@click.option(
    "--enable-managedby-label",
    "managed_by_label",
    is_flag=True,
    help="Label every object with app.kubernetes.io/managed-by.",
)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Write to a file."
)
def command(folder: str, restrictor: str, managed_by_label: bool, output: Path | None) -> None:
    """Print the objects that the kustomization in DIR renders to, as YAML.

    Documents come in kustomize's order: Namespaces and what defines others first, webhooks last,
    unless the kustomization has sortOptions.
    """
    options = Options(_RESTRICTORS[restrictor], managed_by_label, reorder="legacy")
    text = _rendered(folder, options)
    if output is None:
        click.echo(text, nl=False)
    else:
        _write(output, text)


def _rendered(folder: str, options: Options) -> str:
    """The tree is the whole disk: bases lie anywhere, and the engine says what may be read."""
    root = Path("/")
    try:
        path = Path(folder).resolve(strict=True)
    except (OSError, RuntimeError) as error:
        raise InputError(
            "no such directory", subject=folder, next_step="name a directory"
        ) from error
    if not path.is_dir():
        raise InputError("is not a directory", subject=folder, next_step="name a directory")
    try:
        return to_yaml(build(FolderTree(root), str(path.relative_to(root)), options))
    except TrueupError as error:
        raise click.ClickException(_readable(str(error))) from error


def _readable(text: str) -> str:
    """``text`` with paths relative to where the person is."""
    here = str(Path.cwd()).lstrip("/")
    return text.replace(f"{here}/", "") if here else text


def _write(output: Path, text: str) -> None:
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(error.strerror or str(error), subject=str(output)) from error
