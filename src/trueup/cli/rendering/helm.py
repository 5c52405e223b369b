"""Charts on the command line: the flags of ``helm template``, by their names."""

from __future__ import annotations

import posixpath
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from trueup.cli.rendering.chart_renderer import chart_renderer
from trueup.cli.rendering.options import comma_separated, flag_of, refused, together
from trueup.cli.rendering.place import Place, on_disk
from trueup.cli.rendering.rendered import ORIGINS, Flags, Rendered
from trueup.errors import InputError
from trueup.render.helm import (
    Chart,
    ChartRenderer,
    ChartRequest,
    Selection,
    ValueFlags,
    chart_from_tree,
    merged_values,
    to_objects,
    to_text,
    with_sources,
)
from trueup.render.helm.naming import name_from_template
from trueup.render.helm.postrendering import post_rendered_in
from trueup.render.helm.request import DEFAULT_NAME, DEFAULT_NAMESPACE
from trueup.render.origin import Origin

_flag = flag_of("Helm", "helm")

_NO_NETWORK = "a renderer has no network"
_NO_CLUSTER = "a chart is rendered without a cluster"
_NO_PROGRAMS = "programs that others name are never run"


def _set(name: str, help_text: str) -> Any:
    return _flag(name, multiple=True, metavar="KEY=VALUE", help=help_text)


def _without_effect(*names: str, **settings: Any) -> Any:
    """A flag of ``helm template`` that changes nothing of what it prints."""
    return _flag(*names, hidden=True, expose_value=False, **{"is_flag": True, **settings})


options = together(
    _flag(
        "-f",
        "--values",
        "value_files",
        multiple=True,
        metavar="FILE",
        callback=comma_separated,
        help="Values from a YAML file, or from stdin (-). The last one wins.",
    ),
    _set("--set", "Set values: a.b=1,c[0]=x,d={y,z}."),
    _set("--set-string", "Set values, all of them text."),
    _set("--set-json", "Set values, written as JSON; or a JSON object of values."),
    _set("--set-file", "Set values to the content of files."),
    _set("--set-literal", "Set one value, all of it text as it stands."),
    _flag(
        "-n", "--namespace", "chart_namespace", default=DEFAULT_NAMESPACE, help="Of the release."
    ),
    _flag("--name-template", metavar="TEXT", help="The release's name; a template is filled."),
    _flag(
        "-g", "--generate-name", is_flag=True, help="Name the release by the chart and the time."
    ),
    _flag("--kube-version", default="", help="The version of Kubernetes that the chart is told."),
    _flag(
        "-a",
        "--api-versions",
        multiple=True,
        callback=comma_separated,
        help="APIs that the chart is told of besides the built-in ones.",
    ),
    _flag("--include-crds", is_flag=True, help="Print what lies in crds/, too."),
    _flag("--skip-tests", is_flag=True, help="Leave tests out."),
    _flag("--no-hooks", is_flag=True, help="Leave hooks out."),
    _flag("--is-upgrade", is_flag=True, help="Tell the chart that this is an upgrade."),
    _flag(
        "-s", "--show-only", multiple=True, metavar="TEMPLATE", help="Print these templates only."
    ),
    _flag(
        "--post-kustomize",
        metavar="DIR",
        help="Lay the kustomization in DIR over what the chart renders to, hooks and all.",
    ),
    _flag("--skip-schema-validation", is_flag=True, help="Do not hold values to the schema."),
    *map(
        _without_effect,
        (
            "--skip-crds",
            "--release-name",
            "--create-namespace",
            "--disable-openapi-validation",
            "--render-subchart-notes",
            "--hide-notes",
            "--replace",
            "--wait-for-jobs",
            "--rollback-on-failure",
            "--take-ownership",
            "--force-conflicts",
            "--force-replace",
            "--debug",
        ),
    ),
    _without_effect("--dry-run", also=("client",)),
    _without_effect("--wait", also=("watcher", "hookOnly", "legacy")),
    _without_effect("--server-side", also=("auto",)),
    _without_effect("--description", is_flag=False),
    _without_effect("-l", "--labels", is_flag=False, multiple=True),
    _without_effect("--timeout", is_flag=False),
    refused("--post-renderer", why=f"{_NO_PROGRAMS}; see --post-kustomize", is_flag=False),
    refused("--post-renderer-args", why=_NO_PROGRAMS, is_flag=False),
    refused("--enable-dns", why=_NO_NETWORK),
    refused("--validate", why=_NO_CLUSTER),
    refused("--output-dir", why="--output writes into a folder", is_flag=False),
)


def render(place: Place, flags: Flags) -> Rendered:
    """What ``helm template`` prints, in its bytes."""
    chart = chart_from_tree(place.tree, place.path)
    renderer = chart_renderer()
    rendering = renderer.render(_request(chart, place, flags, renderer))
    if flags["post_kustomize"]:
        over = on_disk(flags["post_kustomize"])
        tree = place.tree if place.tree.is_whole_disk else over.tree
        rendering = post_rendered_in(rendering, tree, over.path)
    selection = Selection(
        include_crds=flags["include_crds"],
        hooks=not flags["no_hooks"],
        tests=not flags["skip_tests"],
        show_only=flags["show_only"],
    )
    origins: Sequence[Origin] = ()
    if ORIGINS in flags and not flags["show_only"]:
        origins = tuple(_template(place, s) for s, _ in with_sources(rendering, selection))
    return Rendered(to_objects(rendering, selection), to_text(rendering, selection), origins)


def _template(place: Place, source: str) -> Origin:
    """The file that Helm calls ``source``: by the chart's name and the path in its folder."""
    return Origin(posixpath.join(place.path, source.partition("/")[2]))


def _request(chart: Chart, place: Place, flags: Flags, renderer: ChartRenderer) -> ChartRequest:
    return ChartRequest(
        chart,
        merged_values(_value_flags(flags), _reader(place)),
        release_name=_release_name(place, flags, renderer),
        namespace=flags["chart_namespace"],
        is_upgrade=flags["is_upgrade"],
        kube_version=flags["kube_version"],
        api_versions=flags["api_versions"],
        validate_schema=not flags["skip_schema_validation"],
    )


def _value_flags(flags: Flags) -> ValueFlags:
    kinds: Iterable[str] = ("set", "set_string", "set_json", "set_file", "set_literal")
    return ValueFlags(flags["value_files"], **{kind: flags[kind] for kind in kinds})


def _release_name(place: Place, flags: Flags, renderer: ChartRenderer) -> str:
    if flags["name_template"]:
        return name_from_template(flags["name_template"], renderer)
    if flags["generate_name"]:
        folder = Path(place.shown).name.partition(".")[0] or "chart"
        return f"{folder}-{int(time.time())}"
    return DEFAULT_NAME


def _reader(place: Place) -> Callable[[str], bytes]:
    """Reads files that flags name; stdin once, as it is over then."""

    @cache
    def read(name: str) -> bytes:
        if name.strip() == "-":
            return sys.stdin.buffer.read()
        if "://" in name:
            raise InputError(_NO_NETWORK, subject=name, next_step="fetch the file before")
        return _from_disk(name) if place.is_packed else place.tree.read(place.named(name))

    return read


def _from_disk(name: str) -> bytes:
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise InputError(error.strerror or str(error), subject=name) from error
