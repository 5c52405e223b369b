"""``trueup completion``: scripts that make a shell complete verbs, kinds and options."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from trueup.cli import main


@click.command("completion")
@click.argument("shell", type=click.Choice(("bash", "zsh", "fish")))
def command(shell: str) -> None:
    """Print the completion script for a shell.

    For bash, put `eval "$(trueup completion bash)"` into ~/.bashrc; for zsh the same into
    ~/.zshrc; for fish, save it as ~/.config/fish/completions/trueup.fish.
    """
    script = get_completion_class(shell)
    if script is None:
        raise click.UsageError(f"{shell} is not known")
    click.echo(script(main, {}, "trueup", "_TRUEUP_COMPLETE").source())
