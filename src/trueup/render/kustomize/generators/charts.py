"""``helmCharts``: charts that are in the tree, rendered through the port that runs Helm.

What kustomize would pull has to be there already, unless ``Inflation`` has somebody who does it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from trueup.errors import RenderError
from trueup.render.helm.loading import chart_from_tree
from trueup.render.helm.naming import name_from_template
from trueup.render.helm.output import Selection, to_text
from trueup.render.helm.reading import first_document
from trueup.render.helm.request import DEFAULT_NAMESPACE, ChartRenderer, ChartRequest
from trueup.render.helm.values import as_json, load_values, merge
from trueup.render.kustomize.decoding import decode
from trueup.render.kustomize.kustomization import Kustomization
from trueup.render.kustomize.loader import Loader
from trueup.render.kustomize.reading import read_objects
from trueup.render.kustomize.resmap import ResMap
from trueup.render.kustomize.resource import FROM_HELM, Resource
from trueup.tree import Tree

_HOME = "charts"
_MERGES = ("merge", "override", "replace")


Pull = Callable[[str, str, str], Tree]
"""Repository, name and version of a chart -> its files."""


@dataclass(frozen=True)
class Inflation:
    """Who runs Helm, and what a chart is told of the cluster where its entry does not say it.

    ``pull`` fetches a chart of a repository that is not in the tree; None where nobody may.
    """

    renderer: ChartRenderer
    kube_version: str = ""
    api_versions: tuple[str, ...] = ()
    pull: Pull | None = None


@dataclass
class ChartArgs:
    """An entry of ``helmCharts``, with the fields of ``helmGlobals``."""

    chart_home: str = ""
    config_home: str = ""
    name: str = ""
    version: str = ""
    repo: str = ""
    release_name: str = ""
    namespace: str = ""
    name_template: str = ""
    values_file: str = ""
    additional_values_files: list[str] = field(default_factory=list)
    values_inline: dict[str, Any] = field(default_factory=dict)
    values_merge: str = ""
    include_crds: bool = False
    skip_hooks: bool = False
    skip_tests: bool = False
    api_versions: list[str] = field(default_factory=list)
    kube_version: str = ""
    debug: bool = False
    devel: bool = False

    @property
    def home(self) -> str:
        """The folder in which the chart has its own."""
        home = self.chart_home or _HOME
        return f"{home}/{self.name}-{self.version}" if self.version and self.repo else home

    @property
    def folder(self) -> str:
        return f"{self.home}/{self.name}"


@dataclass
class OldChartArgs:
    """An entry of ``helmChartInflationGenerator``, which ``helmCharts`` took the place of."""

    chart_name: str = ""
    chart_version: str = ""
    chart_repo_url: str = ""
    chart_home: str = ""
    values: str = ""
    values_local: dict[str, Any] = field(default_factory=dict)
    values_merge: str = ""
    release_name: str = ""


def chart_args(fields: Kustomization, namespace: str, source: str) -> Iterator[ChartArgs]:
    """The charts of a kustomization; ``namespace`` is for those that name none."""
    old = [
        decode(OldChartArgs, each, source, strict=False)
        for each in fields.helm_chart_inflation_generator
    ]
    homes = [each.chart_home for each in old if each.chart_home]
    shared = fields.helm_globals or ({"chartHome": homes[-1]} if homes else {})
    for entry in [*fields.helm_charts, *map(_renamed, old)]:
        args = decode(ChartArgs, {**shared, **entry}, source, path="helmCharts")
        args.namespace = args.namespace or namespace
        yield args


def inflate(args: ChartArgs, loader: Loader, inflation: Inflation) -> ResMap:
    """What the chart renders to. Raises RenderError as kustomize or Helm would."""
    source = loader.source(args.folder)
    _check(args, source)
    is_there = loader.is_directory(args.folder)
    pulled = None if is_there else _pulled(args, inflation.pull, source)
    request = ChartRequest(
        chart_from_tree(loader.tree, source) if pulled is None else chart_from_tree(pulled, ""),
        _values(args, loader, pulled),
        release_name=_release_name(args, inflation.renderer),
        namespace=args.namespace or DEFAULT_NAMESPACE,
        kube_version=args.kube_version or inflation.kube_version,
        api_versions=tuple(args.api_versions) or inflation.api_versions,
    )
    selection = Selection(args.include_crds, not args.skip_hooks, not args.skip_tests)
    text = to_text(inflation.renderer.render(request), selection)
    resources = [Resource(body) for body in read_objects(text, source)]
    for resource in resources:
        resource.annotate(FROM_HELM, "true")
    return ResMap(resources)


def _renamed(old: OldChartArgs) -> dict[str, Any]:
    return {
        "name": old.chart_name,
        "version": old.chart_version,
        "repo": old.chart_repo_url,
        "valuesFile": old.values,
        "valuesInline": old.values_local,
        "valuesMerge": old.values_merge,
        "releaseName": old.release_name,
    }


def _check(args: ChartArgs, source: str) -> None:
    if not args.name:
        raise RenderError("chart name cannot be empty", subject=source, next_step="name the chart")
    if args.values_merge and args.values_merge not in _MERGES:
        raise RenderError(f"valuesMerge must be one of {', '.join(_MERGES)}", subject=source)
    if args.name_template and args.release_name:
        raise RenderError(
            "cannot set nameTemplate and also specify a name",
            subject=source,
            next_step="set releaseName alone",
        )
    if not (args.release_name or args.name_template):
        raise RenderError(
            "has no releaseName, so that the clock would name it",
            subject=source,
            next_step="set releaseName",
        )


def _release_name(args: ChartArgs, renderer: ChartRenderer) -> str:
    return args.release_name or name_from_template(args.name_template, renderer)


def _pulled(args: ChartArgs, pull: Pull | None, source: str) -> Tree:
    if pull is None or not args.repo:
        raise _absent(args, source)
    return pull(args.repo, args.name, args.version)


def _absent(args: ChartArgs, source: str) -> RenderError:
    if not args.repo:
        return RenderError("no repo specified for pull, and no chart found", subject=source)
    return RenderError(
        "is not in the tree, and charts are not pulled while rendering",
        subject=source,
        next_step=f"run helm pull --untar --untardir {args.home}, and keep what it puts there",
    )


def _values(args: ChartArgs, loader: Loader, pulled: Tree | None) -> dict[str, Any]:
    """What kustomize hands Helm: the file, the chart's own if none is named, and what is inline.

    ``pulled`` are the files of a chart that was not there.
    """
    path = args.values_file or f"{args.folder}/values.yaml"
    values: dict[str, Any] = args.values_inline

    def file() -> bytes:
        if pulled is not None and not args.values_file:
            return pulled.read("values.yaml")
        return loader.read(path)

    if not values:
        values = load_values(file(), loader.source(path))
    elif args.values_merge != "replace":
        content = first_document(file(), loader.source(path)) or {}
        takes_file = args.values_merge == "merge"
        values = _laid_over(values, content) if takes_file else _laid_over(content, values)
    values = as_json(values)
    for name in args.additional_values_files:
        values = merge(values, load_values(loader.read(name), loader.source(name)))
    return values


def _laid_over(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """``merge``, but for null, which takes away what is under it and is gone then."""
    merged = dict(under)
    for key, value in over.items():
        below = merged.get(key)
        if value is None:
            merged.pop(key, None)
        elif isinstance(value, Mapping) and (below is None or isinstance(below, Mapping)):
            merged[key] = _laid_over(below or {}, value)
        else:
            merged[key] = value
    return merged
