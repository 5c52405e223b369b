"""From what the person names, and flags, to what it renders to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import click

from trueup.cli.rendering import directory, flux_flags, helm, jsonnet, kustomize, published
from trueup.cli.rendering.options import check_flags, together
from trueup.cli.rendering.place import (
    STDIN,
    Place,
    from_root,
    in_archive,
    is_archive,
    on_disk,
    on_stdin,
)
from trueup.cli.rendering.rendered import ORIGINS, Flags, Render, Rendered
from trueup.errors import TrueupError
from trueup.render.bounds import check_object_count
from trueup.render.detect import detect
from trueup.tree import BoundedTree, Tree


def _flux(place: Place, flags: Flags) -> Rendered:
    from trueup.cli.rendering import flux  # takes a while to load

    return flux.render(place, flags)


RENDERERS: dict[str, Render] = {
    "kustomize": kustomize.render,
    "helm": helm.render,
    "directory": directory.render,
    "jsonnet": jsonnet.render,
    "flux": _flux,
}

render_options = together(
    click.option(
        "--renderer",
        type=click.Choice(list(RENDERERS)),
        help="Take DIR for this, whatever lies in it.",
    ),
    click.option(
        "--path",
        default="",
        metavar="FOLDER",
        help="What to render of an archive that is given for DIR.",
    ),
    kustomize.options,
    helm.options,
    directory.options,
    jsonnet.options,
    flux_flags.options,
    published.options,
)
"""The flags of every renderer."""


See = Callable[[Tree], Tree]
"""What is laid around a tree before anything is read from it."""


def render(ctx: click.Context, argument: str, see: See | None = None) -> Rendered:
    """What ``argument`` renders to with the flags of ``ctx``; raises TrueupError."""
    place = locate(argument, ctx.params)
    if see is not None:
        place = replace(place, tree=see(place.tree))
    return render_place(ctx, place)


def render_place(ctx: click.Context, place: Place, *, with_origins: bool = False) -> Rendered:
    """What lies at ``place`` renders to, by what lies there or what ``--renderer`` says."""
    try:
        return _rendered(ctx, replace(place, tree=BoundedTree(place.tree)), with_origins)
    except TrueupError as error:
        if place.tree.is_whole_disk:
            error.subject = from_root(error.subject)
        raise


def _rendered(ctx: click.Context, place: Place, with_origins: bool) -> Rendered:
    chosen = ctx.params["renderer"] or detect(place.tree, place.path)
    check_flags(ctx, chosen)
    if ctx.params["dependency_update"] or ctx.params["dependency_build"]:
        place = published.with_dependencies(place, ctx.params)
    flags = {**ctx.params, ORIGINS: True} if with_origins else ctx.params
    rendered = RENDERERS[chosen](place, flags)
    check_object_count(len(rendered.objects), place.shown)
    return rendered


def locate(argument: str, flags: Flags) -> Place:
    """Where ``argument`` is to be had; InputError if it is not there."""
    if published.is_published(argument, flags):
        return published.fetched(argument, flags)
    if flags["verify"]:
        published.check_signed(argument, flags)
    if argument == STDIN:
        return on_stdin(flags["path"])
    if is_archive(argument):
        return in_archive(argument, flags["path"])
    return on_disk(argument)
