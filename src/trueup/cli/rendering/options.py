"""Flags of renderers: each belongs to a section of the help, and some are known only to be refused."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from typing import Any, NoReturn, TypeVar

import click
from click.core import ParameterSource

from trueup.errors import InputError

F = TypeVar("F", bound=Callable[..., Any])
Decorator = Callable[[F], F]

_TRUE = ("1", "t", "T", "true", "TRUE", "True")
_FALSE = ("0", "f", "F", "false", "FALSE", "False")


class RendererOption(click.Option):
    """A flag for the renderers that ``of`` names; ``section`` is its heading in the help.

    ``also`` are values that one that takes none may be given, as in ``--wait=legacy``.
    """

    def __init__(
        self,
        *args: Any,
        section: str,
        of: tuple[str, ...],
        also: Sequence[str] = (),
        **settings: Any,
    ) -> None:
        super().__init__(*args, **settings)
        self.section = section
        self.of = of
        self.also = also


class RenderCommand(click.Command):
    """A command with the flags of renderers, which its help lists under headings.

    ``--flag=true`` and ``--flag=false`` are taken as by the tools that these flags are of.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(ctx, [arg for each in args for arg in self._spelled(ctx, each)])

    def _spelled(self, ctx: click.Context, arg: str) -> list[str]:
        """``arg`` as click wants it: switches without a value, or not there at all."""
        name, equals, value = arg.partition("=")
        switch = next((each for each in self.params if name in each.opts), None)
        if not equals or not isinstance(switch, click.Option) or not switch.is_flag:
            return [arg]
        if value in (*_TRUE, *getattr(switch, "also", ())):
            return [name]
        if value not in _FALSE:
            raise click.UsageError(f"{name} does not take the value {value!r}", ctx)
        return []

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        sections: dict[str, list[tuple[str, str]]] = {}
        for param in self.get_params(ctx):
            record = param.get_help_record(ctx)
            if isinstance(param, click.Option) and record is not None:
                sections.setdefault(getattr(param, "section", "Options"), []).append(record)
        for title in sorted(sections, key=lambda title: title != "Options"):
            with formatter.section(title):
                formatter.write_dl(sections[title])


def flag_of(section: str, *of: str) -> Callable[..., Any]:
    """``click.option`` for flags of one section; ``of`` are the renderers that know them."""

    def option(*names: str, **settings: Any) -> Any:
        return click.option(*names, cls=RendererOption, section=section, of=of, **settings)

    return option


def refused(*names: str, why: str, is_flag: bool = True) -> Any:
    """A flag of the real tool that is not carried out here, and says so."""

    def refuse(ctx: click.Context, param: click.Parameter, value: Any) -> None:
        if ctx.get_parameter_source(param.name or "") is not ParameterSource.DEFAULT:
            raise click.UsageError(f"{param.opts[-1]} is refused: {why}", ctx)

    return click.option(
        *names,
        is_flag=is_flag,
        multiple=not is_flag,
        hidden=True,
        expose_value=False,
        callback=refuse,
    )


def comma_separated(
    _ctx: click.Context, _param: click.Parameter, given: tuple[str, ...]
) -> tuple[str, ...]:
    """The parts of a flag that may be given several times, and several parts at once."""
    return tuple(part for line in csv.reader(given) for part in line)


def together(*options: Any) -> Decorator[Any]:
    """One decorator that adds all of ``options``, in their order in the help."""

    def decorate(function: Any) -> Any:
        for option in reversed(options):
            function = option(function)
        return function

    return decorate


def check_flags(ctx: click.Context, renderer: str) -> None:
    """InputError where a flag was given that ``renderer`` would not look at."""
    for param in ctx.command.params:
        if not isinstance(param, RendererOption) or renderer in param.of:
            continue
        if ctx.get_parameter_source(param.name or "") is ParameterSource.COMMANDLINE:
            _refuse(param, renderer)


def _refuse(param: RendererOption, renderer: str) -> NoReturn:
    raise InputError(
        f"{param.opts[-1]} is for {' and '.join(param.of)}, and this is rendered by {renderer}",
        next_step="leave the flag out, or choose with --renderer",
    )
