"""Writes docs/reference/cli.md from the commands themselves, so that it can't say anything else."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from trueup.cli import SECTIONS, main
from trueup.cli.rendering.options import RendererOption

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "cli.md"
CONNECTION = {"kubeconfig", "context", "data", "namespace"}

_HEAD = """\
# The command line

Written by `make docs` from the commands themselves.

Exit codes: 0 it is so, 1 it is not so or failed, 2 wrong usage or no answer from the cluster.

Every command that speaks to a cluster takes these options. The kubeconfig is the one named here,
else that of `$KUBECONFIG`, else that of the `trueup up` on this machine, else `~/.kube/config`.

"""


def reference() -> str:
    """The page: a section for each group of verbs, and for each verb its usage and options."""
    parts = [_HEAD + _table(_options("get", only=CONNECTION))]
    for title, verbs in SECTIONS.items():
        parts.append(f"## {title}\n")
        parts += [_verb(verb) for verb in verbs]
    return "\n".join(parts)


def _verb(name: str) -> str:
    command = _command(name)
    context = click.Context(command, info_name=f"trueup {name}")
    usage = " ".join([f"trueup {name}", *command.collect_usage_pieces(context)])
    said = inspect.cleandoc(command.help or "").replace("\b\n", "")
    general = {(option.name, option.help) for option in _options("get", only=CONNECTION)}
    options = list(_options(name))
    if {option.name for option in options} >= CONNECTION:
        options = [o for o in options if (o.name, o.help) not in general]
    if name != "build" and any(isinstance(option, RendererOption) for option in options):
        shared = {option.name for option in _options("build")}
        options = [o for o in options if o.name not in shared or o.name == "output"]
        said += "\n\nAlso takes the flags of the renderers, as [trueup build](#trueup-build) does."
    table = f"\n{_table(options)}" if options else ""
    return f"### trueup {name}\n\n    {usage}\n\n{said}\n{table}"


def _command(name: str) -> click.Command:
    command = main.get_command(click.Context(main), name)
    assert command is not None, name
    return command


def _options(verb: str, only: Iterable[str] = ()) -> Iterator[click.Option]:
    for param in _command(verb).params:
        if (
            isinstance(param, click.Option)
            and not param.hidden
            and (not only or param.name in only)
        ):
            yield param


def _table(options: Iterable[click.Option]) -> str:
    return "| option | meaning |\n|---|---|\n" + "".join(map(_row, options))


def _row(option: click.Option) -> str:
    context = click.Context(click.Command("any"))
    value = "" if option.is_flag else f" {option.make_metavar(context)}"
    names = ", ".join([*option.opts, *option.secondary_opts]) + value
    cells = (f"`{names}`", " ".join(_meaning(option)))
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |\n"


def _meaning(option: click.Option) -> Iterator[str]:
    if option.help:
        yield option.help
    if option.show_default and option.default not in (None, False):
        yield f"Default: {option.default}."
    if option.envvar:
        yield f"Also from ${option.envvar}."


if __name__ == "__main__":
    PAGE.write_text(reference())
