"""Trueup's side of a tool that ``trueup build`` has the flags of."""

from __future__ import annotations

from collections.abc import Callable

import click

from tests.parity.cases import Case
from trueup.cli.rendering.dispatch import RENDERERS
from trueup.cli.rendering.place import Place
from trueup.cli.verbs.build import command
from trueup.errors import InputError
from trueup.tree import FolderTree


def built_by(renderer: str) -> Callable[[Case], bytes]:
    """What ``trueup build`` with the case's flags prints, of its folder as a tree."""

    def built(case: Case) -> bytes:
        place = Place(FolderTree(case.input), case.path, case.path)
        return RENDERERS[renderer](place, _flags(case)).text.encode()

    return built


def _flags(case: Case) -> dict[str, object]:
    try:
        return command.make_context("build", list(case.flags)).params
    except click.UsageError as error:
        raise InputError(error.format_message()) from error
