"""``trueup version``."""

from __future__ import annotations

import platform

import click

from trueup import __version__
from trueup.cli.printers.document import is_document, output_option, print_document


@click.command("version")
@output_option()
def command(output: str | None) -> None:
    """Print the version of Trueup and of the Python that runs it."""
    versions = {"trueup": __version__, "python": platform.python_version()}
    if is_document(output):
        print_document(versions, output)
    else:
        click.echo("\n".join(f"{name}: {version}" for name, version in versions.items()))
