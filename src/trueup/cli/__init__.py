"""The command line: one module per verb, loaded only when it is asked for.

The modules turn arguments into calls and results into text; rules and I/O live elsewhere.
"""

from __future__ import annotations

from importlib import import_module

import click

COMMANDS = {
    "build": "build",
    "eval": "eval",
}
"""Verb -> module of ``trueup.cli`` that holds a ``command``."""


class LazyGroup(click.Group):
    """Imports a verb's module on first use, so that ``trueup --help`` stays quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"trueup.cli.{COMMANDS[cmd_name]}")
        command: click.Command = module.command
        return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """GitOps in one program: makes running systems true to Git, and keeps them so."""
