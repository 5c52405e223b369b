"""Kustomizations on the command line: the flags of ``kustomize build``, by their names."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence

import click

from trueup.cli.rendering.chart_renderer import chart_renderer
from trueup.cli.rendering.options import comma_separated, flag_of, refused, together
from trueup.cli.rendering.place import Place
from trueup.cli.rendering.published import pulled
from trueup.cli.rendering.rendered import ORIGINS, Flags, Rendered
from trueup.objects import Manifest
from trueup.render.kustomize import Options, build, to_yaml
from trueup.render.kustomize.generators.charts import Inflation
from trueup.render.kustomize.loader import LoadRestrictor
from trueup.render.kustomize.provenance import take_origin
from trueup.render.kustomize.remotes import Remotes
from trueup.render.origin import Origin

_RESTRICTORS: dict[str, LoadRestrictor] = {
    "LoadRestrictionsRootOnly": "root-only",
    "LoadRestrictionsNone": "none",
}
_NO_PROGRAMS = "programs and containers that a tree names are never run"

_flag = flag_of("Kustomize", "kustomize")

options = together(
    _flag(
        "--load-restrictor",
        type=click.Choice(list(_RESTRICTORS)),
        default="LoadRestrictionsRootOnly",
        show_default=True,
        help="Whether files may come from outside the folder of their kustomization.",
    ),
    _flag(
        "--enable-managedby-label",
        is_flag=True,
        envvar="KUSTOMIZE_ENABLE_MANAGEDBY_LABEL",
        help="Label every object with app.kubernetes.io/managed-by.",
    ),
    _flag(
        "--reorder",
        type=click.Choice(["legacy", "none"]),
        default="legacy",
        show_default=True,
        help="The order of the output, where the kustomization has no sortOptions.",
    ),
    _flag(
        "--enable-remotes",
        is_flag=True,
        help="Fetch bases in Git repositories, and files, that are named by URL.",
    ),
    _flag(
        "--enable-helm",
        is_flag=True,
        help="Render helmCharts; those that are not there are fetched from their repo.",
    ),
    _flag("--helm-command", metavar="PATH", help="The helm program, in the place of its library."),
    _flag("--helm-kube-version", default="", help="What charts are told that name no kubeVersion."),
    _flag(
        "--helm-api-versions",
        multiple=True,
        callback=comma_separated,
        help="What charts are told that name no apiVersions.",
    ),
    _flag("--helm-debug", is_flag=True, hidden=True, expose_value=False),
    refused("--enable-alpha-plugins", why=_NO_PROGRAMS),
    refused("--enable-exec", why=_NO_PROGRAMS),
    refused("--enable-star", why="Starlark functions are not run, in kustomize neither"),
    refused("--network", why=_NO_PROGRAMS),
    refused("--network-name", why=_NO_PROGRAMS, is_flag=False),
    refused("--mount", why=_NO_PROGRAMS, is_flag=False),
    refused("-e", "--env", why=_NO_PROGRAMS, is_flag=False),
    refused("--as-current-user", why=_NO_PROGRAMS),
)


def render(place: Place, flags: Flags) -> Rendered:
    """What ``kustomize build`` prints, in its bytes."""
    objects = build(place.tree, place.path, _options(flags))
    found = origins(objects, place.path) if ORIGINS in flags else ()
    return Rendered(objects, to_yaml(objects), found)


def origins(objects: Sequence[Manifest], folder: str) -> list[Origin]:
    """Where ``objects`` come from, with the notes of that taken off them."""
    noted = [take_origin(obj) for obj in objects]
    return [Origin(posixpath.normpath(posixpath.join(folder, path))) for path in noted]


def _options(flags: Flags) -> Options:
    return Options(
        load_restrictor=_RESTRICTORS[flags["load_restrictor"]],
        managed_by_label=flags["enable_managedby_label"],
        reorder=flags["reorder"],
        keep_origins=ORIGINS in flags,
        charts=_inflation(flags) if flags["enable_helm"] else None,
        remotes=_remotes() if flags["enable_remotes"] else None,
    )


def _remotes() -> Remotes:
    from trueup.cli.connection import data_directory  # these take a while to load
    from trueup.cli.rendering.remotes import FetchedRemotes

    return FetchedRemotes(data_directory() / "cache" / "git")


def _inflation(flags: Flags) -> Inflation:
    return Inflation(
        chart_renderer(flags["helm_command"]),
        flags["helm_kube_version"],
        flags["helm_api_versions"],
        pulled,
    )
