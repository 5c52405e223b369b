"""``trueup build``: what a folder renders to, in the bytes that the tool it is written for prints."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from trueup.cli.rendering.dispatch import render, render_options
from trueup.cli.rendering.options import Sectioned
from trueup.cli.rendering.output import deliver
from trueup.cli.rendering.place import readable
from trueup.cli.rendering.rendered import Rendered
from trueup.errors import TrueupError


@click.command("build", cls=Sectioned)
@click.argument("folders", metavar="[DIR]...", nargs=-1)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="Write to a file, or into a folder, there one file for each object.",
)
@render_options
@click.pass_context
def command(
    ctx: click.Context, /, folders: tuple[str, ...], output: Path | None, **_: object
) -> None:
    """Print the objects that DIR renders to, as YAML; DIR is where you are, if not given.

    A folder with a kustomization file is rendered as kustomize does, one with a Chart.yaml as Helm
    does; any other is a directory of manifests. Each renderer takes the flags of its own tool.

    DIR may be a file, too: one of manifests or Jsonnet, or a tar, tar.gz or zip, of which --path
    names a folder. With "-", manifests or such an archive come on stdin, as in
    "git archive HEAD | trueup build - --path apps". With several DIR, all are rendered, and what is
    wrong is told of each.
    """
    found, errors = render_all(ctx, folders or (".",))
    if errors:
        for text in errors:
            click.echo(f"Error: {text}", err=True)
        raise click.exceptions.Exit(1)
    deliver(found, output)


def render_all(ctx: click.Context, folders: Sequence[str]) -> tuple[list[Rendered], list[str]]:
    """What each of ``folders`` renders to, and what is wrong with those that do not."""
    found: list[Rendered] = []
    errors: list[str] = []
    for folder in folders:
        try:
            found.append(render(ctx, folder))
        except TrueupError as error:
            errors.append(readable(str(error)))
    return found, errors
