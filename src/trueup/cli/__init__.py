"""The command line: one module per verb, loaded only when it is asked for.

The modules turn arguments into calls and results into text; rules and I/O live elsewhere.

Exit codes: 0 it is so, 1 it is not so or failed, 2 wrong usage or no answer from the cluster.
"""

from __future__ import annotations

from importlib import import_module

import click
from click.shell_completion import CompletionItem

from trueup import __version__
from trueup.errors import TrueupError, Unauthorized, Unavailable

SECTIONS: dict[str, dict[str, str]] = {
    "Run": {
        "up": "Run everything in one process, with an embedded control plane.",
        "controller": "Run the controllers against a cluster.",
        "migrate": "Hand a cluster over from Flux, or back.",
    },
    "Set up a cluster": {
        "install": "Put Trueup on a cluster.",
        "bootstrap": "Write Trueup into a Git repository, and let it keep itself from there.",
        "check": "Tell what is wrong with a cluster or an installation.",
        "uninstall": "Take Trueup off a cluster, and leave what it delivered.",
    },
    "See": {
        "get": "List sources and deliveries with their state.",
        "tree": "Show the objects of a delivery with their health.",
        "events": "Show what was reported lately.",
        "drift": "Show who changed what by hand, and what was done about it.",
        "history": "Show what a delivery did, and why.",
    },
    "Act": {
        "reconcile": "Make a source or a delivery look again, now.",
        "suspend": "Pause a source or a delivery.",
        "resume": "Let a source or a delivery go on.",
        "rollback": "Revert what was delivered last, in Git.",
    },
    "Check, without a change": {
        "build": "Print what a folder renders to.",
        "build-many": "Render many folders in one process, as JSON lines.",
        "validate": "Hold what a folder renders to against the schemas of its kinds.",
        "diff": "Show what a folder would change on the cluster.",
        "health": "Tell the health of manifests.",
        "eval": "Answer questions about the rules, as JSON lines.",
    },
    "Other": {
        "completion": "Print the completion script for a shell.",
        "version": "Print the version.",
    },
}
"""Verb -> what it does; each is the module of its name, which holds a ``command``."""

VERBS = {verb: text for verbs in SECTIONS.values() for verb, text in verbs.items()}


class Verbs(click.Group):
    """Imports a verb's module on first use, so that ``trueup --help`` stays quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in VERBS:
            return None
        command: click.Command = import_module(
            f"trueup.cli.verbs.{cmd_name.replace('-', '_')}"
        ).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        width = max(map(len, VERBS))
        for title, verbs in SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl([(verb.ljust(width), text) for verb, text in verbs.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        verbs = (verb for verb in VERBS if verb.startswith(incomplete))
        return [CompletionItem(verb, help=VERBS[verb]) for verb in verbs]

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except (Unauthorized, Unavailable) as error:
            if isinstance(error, Unauthorized) and not error.next_step:
                error.next_step = "log in again: what the kubeconfig holds has expired, or is wrong"
            raise Unreachable(str(error)) from error
        except TrueupError as error:
            raise click.ClickException(str(error)) from error


class Unreachable(click.ClickException):
    """The cluster does not answer, or does not know us."""

    exit_code = 2


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "-V", "--version", prog_name="trueup")
def main() -> None:
    """GitOps in one program: makes running systems true to Git, and keeps them so."""
