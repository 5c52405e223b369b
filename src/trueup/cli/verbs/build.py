"""``trueup build``: what a folder renders to, in the bytes that the tool it is written for prints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from trueup.cli.rendering.dispatch import See, render, render_options
from trueup.cli.rendering.options import RenderCommand
from trueup.cli.rendering.output import deliver
from trueup.cli.rendering.place import readable
from trueup.cli.rendering.rendered import Rendered
from trueup.cli.rendering.watch import follow
from trueup.errors import TrueupError


@click.command("build", cls=RenderCommand)
@click.argument("folders", metavar="[DIR]...", nargs=-1)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="Write to a file, or into a folder, there one file for each object.",
)
@click.option(
    "--watch", is_flag=True, help="Render again whenever something that was read changes."
)
@render_options
@click.pass_context
def command(
    ctx: click.Context, /, folders: tuple[str, ...], output: Path | None, watch: bool, **_: object
) -> None:
    """Print the objects that DIR renders to, as YAML; DIR is where you are, if not given.

    A folder with a kustomization file is rendered as kustomize does, one with a Chart.yaml as Helm
    does; any other is a directory of manifests. Each renderer takes the flags of its own tool.

    DIR may be a file, too: one of manifests or Jsonnet, or a tar, tar.gz or zip, of which --path
    names a folder. With "-", manifests or such an archive come on stdin, as in
    "git archive HEAD | trueup build - --path apps". With several DIR, all are rendered, and what is
    wrong is told of each.
    """
    job = _Job(ctx, folders or (".",), output)
    if watch:
        follow(job.run)
        raise click.exceptions.Exit(130)
    if not job.run():
        raise click.exceptions.Exit(1)


@dataclass
class _Job:
    ctx: click.Context
    folders: Sequence[str]
    output: Path | None
    _printed: bool = False

    def run(self, see: See | None = None) -> bool:
        """Renders all folders and delivers that, or else tells what is wrong; whether all is well."""
        found: list[Rendered] = []
        errors: list[str] = []
        for folder in self.folders:
            try:
                found.append(render(self.ctx, folder, see))
            except TrueupError as error:
                errors.append(readable(str(error)))
        for text in errors:
            click.echo(f"Error: {text}", err=True)
        if not errors:
            self._deliver(found)
        return not errors

    def _deliver(self, found: Sequence[Rendered]) -> None:
        first = next((one.text for one in found if one.text), "")
        if self._printed and self.output is None and not first.startswith("---"):
            click.echo("---")
        deliver(found, self.output)
        self._printed = True
